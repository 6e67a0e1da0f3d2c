// Reads one JSON string a line and answers with what distribution/reference makes of it: the oracle that `answers.jsonl` is
// recorded from (see record.ts).
package main

import (
	"bufio"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/json"
	"os"

	"github.com/distribution/reference"
)

type answer struct {
	Input      string  `json:"input"`
	Registry   string  `json:"registry,omitempty"`
	Repository string  `json:"repository,omitempty"`
	Tag        *string `json:"tag,omitempty"`
	Digest     *string `json:"digest,omitempty"`
	Error      string  `json:"error,omitempty"`
}

func parse(input string) answer {
	named, err := reference.ParseNormalizedNamed(input)
	if err != nil {
		return answer{Input: input, Error: err.Error()}
	}
	result := answer{Input: input, Registry: reference.Domain(named), Repository: reference.Path(named)}
	if tagged, ok := reference.TagNameOnly(named).(reference.Tagged); ok {
		tag := tagged.Tag()
		result.Tag = &tag
	}
	if digested, ok := named.(reference.Digested); ok {
		digest := digested.Digest().String()
		result.Digest = &digest
	}
	return result
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var input string
		if err := json.Unmarshal(lines.Bytes(), &input); err != nil {
			panic(err)
		}
		if err := out.Encode(parse(input)); err != nil {
			panic(err)
		}
	}
}
