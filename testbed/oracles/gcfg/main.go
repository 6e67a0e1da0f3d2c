// Says of each configuration, a JSON string a line, what OpenStack's cloud provider makes of its rescan-on-resize: gcfg's own reading, with
// gcfg.FatalOnly as cinder-csi-plugin has it (pkg/csi/cinder/openstack/openstack.go).
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	gcfg "gopkg.in/gcfg.v1"
)

type blockStorage struct {
	RescanOnResize bool   `gcfg:"rescan-on-resize"`
	BSVersion      string `gcfg:"bs-version"`
}

type global struct {
	Username string
	Password string
}

type config struct {
	Global       map[string]*global
	BlockStorage blockStorage
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			panic(err)
		}
		fmt.Println(answer(text))
	}
}

func answer(text string) (said string) {
	defer func() {
		if recover() != nil {
			said = `"refused"`
		}
	}()
	var read config
	if err := gcfg.FatalOnly(gcfg.ReadStringInto(&read, text)); err != nil {
		return `"refused"`
	}
	values := map[string]string{}
	for name, section := range read.Global {
		values[name] = section.Username + "\x1f" + section.Password
	}
	encoded, _ := json.Marshal(map[string]any{"rescan": read.BlockStorage.RescanOnResize, "version": read.BlockStorage.BSVersion, "global": values})
	return string(encoded)
}
