// Prints what kubelet reads in values of its configuration file, as they are written in YAML: one JSON object with a key and a
// value a line. With kubelet's own decoder, as it reads the file when it starts.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/scheme"
	"k8s.io/kubernetes/pkg/kubelet/kubeletconfig/util/codec"
)

type question struct {
	Key string `json:"key"`
	// As it stands behind the key.
	Value string `json:"value"`
}

type answer struct {
	question
	// What kubelet works with, defaults in it; null where it does not start.
	Read any `json:"read"`
}

func main() {
	_, codecs, err := scheme.NewSchemeAndCodecs()
	check(err)
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		check(json.Unmarshal(lines.Bytes(), &asked))
		check(out.Encode(answer{asked, read(codecs, asked)}))
	}
}

func read(codecs *serializer.CodecFactory, asked question) any {
	text := fmt.Sprintf("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n%s: %s\n", asked.Key, asked.Value)
	config, err := codec.DecodeKubeletConfiguration(context.Background(), codecs, []byte(text))
	if err != nil {
		return nil
	}
	switch asked.Key {
	case "containerLogMaxSize":
		return config.ContainerLogMaxSize
	case "containerLogMaxFiles":
		return config.ContainerLogMaxFiles
	case "maxPods":
		return config.MaxPods
	case "imageGCHighThresholdPercent":
		return config.ImageGCHighThresholdPercent
	case "evictionHard":
		return config.EvictionHard
	}
	panic("no such key: " + asked.Key)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
