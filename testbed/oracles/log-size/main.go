// Prints how many bytes kubelet reads in each containerLogMaxSize, one JSON string a line: as parseMaxSize of
// pkg/kubelet/logs/container_log_manager.go does, which is not exported.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"k8s.io/apimachinery/pkg/api/resource"
)

type answer struct {
	Text string `json:"text"`
	// Null where kubelet does not start with it.
	Bytes *int64 `json:"bytes"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			panic(err)
		}
		said := answer{Text: text}
		if quantity, err := resource.ParseQuantity(text); err == nil {
			if bytes, ok := quantity.AsInt64(); ok {
				said.Bytes = &bytes
			}
		}
		if err := out.Encode(said); err != nil {
			panic(err)
		}
	}
}
