// Command kubelet is the last minor version of kubelet that speaks to Docker itself (dockershim, removed in 1.24), for the
// testbed's Docker nodes.
package main

import (
	"os"

	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/restclient"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	os.Exit(run())
}

// It reads its flags and sets up its logging itself, so component-base's cli.Run is not for it.
func run() int {
	defer logs.FlushLogs()
	command := app.NewKubeletCommand()
	command.SetGlobalNormalizationFunc(cliflag.WordSepNormalizeFunc)
	if err := command.Execute(); err != nil {
		return 1
	}
	return 0
}
