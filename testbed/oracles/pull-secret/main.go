// Reads one question a line, a pull secret's text and an image, and answers with the logins that kubelet would try: the oracle that `answers.jsonl` is
// recorded from (see record.ts).
package main

import (
	"bufio"
	"encoding/json"
	"os"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type question struct {
	Type  v1.SecretType `json:"type"`
	Text  string        `json:"text"`
	Image string        `json:"image"`
}

type answer struct {
	question
	Refused bool        `json:"refused,omitempty"`
	Logins  [][2]string `json:"logins"`
}

var keys = map[v1.SecretType]string{v1.SecretTypeDockerConfigJson: v1.DockerConfigJsonKey, v1.SecretTypeDockercfg: v1.DockerConfigKey}

func ask(q question) answer {
	secret := v1.Secret{Type: q.Type, Data: map[string][]byte{keys[q.Type]: []byte(q.Text)}}
	keyring, err := secrets.MakeDockerKeyring([]v1.Secret{secret}, &credentialprovider.BasicDockerKeyring{})
	if err != nil {
		return answer{question: q, Refused: true, Logins: [][2]string{}}
	}
	repository, _, _, err := parsers.ParseImageName(q.Image)
	if err != nil {
		panic(err)
	}
	found, _ := keyring.Lookup(repository)
	logins := [][2]string{}
	for _, login := range found {
		logins = append(logins, [2]string{login.Username, login.Password})
	}
	return answer{question: q, Logins: logins}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := out.Encode(ask(q)); err != nil {
			panic(err)
		}
	}
}
