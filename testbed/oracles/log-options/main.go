// Prints which log drivers a dockerd has and which options each of them takes, by its own source: for each folder of moby's
// daemon/logger, one JSON string a line, the words that its validators compare an option with. No release of these packages
// builds with another's dependencies, so they are parsed, not run; src/runtimes/docker/dockerd-log-options.root.test.ts asks a
// dockerd that runs.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

type answer struct {
	// Options of every driver, by driver; "*" where a driver takes any.
	Drivers map[string][]string `json:"drivers"`
	// What every driver takes beside its own.
	Common []string `json:"common"`
}

// source is one package: its functions, and the texts and sets of texts that it declares.
type source struct {
	functions map[string]*ast.FuncDecl
	values    map[string]ast.Expr
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var folder string
		check(json.Unmarshal(lines.Bytes(), &folder))
		check(out.Encode(read(folder)))
	}
}

func read(folder string) answer {
	said := answer{Drivers: map[string][]string{}, Common: parse(folder).keys("builtInLogOpts")}
	folders, err := filepath.Glob(filepath.Join(folder, "*"))
	check(err)
	for _, driver := range folders {
		if info, err := os.Stat(driver); err != nil || !info.IsDir() || filepath.Base(driver) == "etwlogs" {
			continue
		}
		pkg := parse(driver)
		if name := pkg.driver(); name != "" {
			said.Drivers[name] = pkg.options()
		}
	}
	cache := filepath.Join(folder, "loggerutils", "cache")
	if _, err := os.Stat(cache); err == nil {
		pkg := parse(cache)
		said.Common = append(said.Common, pkg.keys("builtInCacheLogOpts")...)
		for _, option := range parse(filepath.Join(folder, "local")).keys("LogOptKeys") {
			said.Common = append(said.Common, pkg.text(ast.NewIdent("cachePrefix"))+option)
		}
	}
	sort.Strings(said.Common)
	return said
}

func parse(folder string) source {
	pkg := source{map[string]*ast.FuncDecl{}, map[string]ast.Expr{}}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	check(err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		check(err)
		for _, declared := range file.Decls {
			switch one := declared.(type) {
			case *ast.FuncDecl:
				if one.Recv == nil && one.Name.Name != "init" || one.Body != nil && registers(one) != nil {
					pkg.functions[one.Name.Name] = one
				}
			case *ast.GenDecl:
				for _, spec := range one.Specs {
					if value, ok := spec.(*ast.ValueSpec); ok && len(value.Values) == len(value.Names) {
						for i, name := range value.Names {
							pkg.values[name.Name] = value.Values[i]
						}
					}
				}
			}
		}
	}
	return pkg
}

// registers gives the name that a function hands to logger.RegisterLogDriver.
func registers(function *ast.FuncDecl) ast.Expr {
	var name ast.Expr
	ast.Inspect(function, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if ok {
			if called, ok := call.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "RegisterLogDriver" {
				name = call.Args[0]
			}
		}
		return true
	})
	return name
}

func (pkg source) driver() string {
	for _, function := range pkg.functions {
		if name := registers(function); name != nil {
			return pkg.text(name)
		}
	}
	return ""
}

// options gives the words of the switch over a driver's options, or of the set that they are looked up in.
func (pkg source) options() []string {
	found := []string{}
	for name, function := range pkg.functions {
		if !strings.HasPrefix(strings.ToLower(name), "validatelogopt") {
			continue
		}
		ast.Inspect(function, func(node ast.Node) bool {
			loop, ok := node.(*ast.RangeStmt)
			if !ok {
				return true
			}
			option := loop.Key.(*ast.Ident).Name
			ast.Inspect(loop.Body, func(node ast.Node) bool {
				switch one := node.(type) {
				case *ast.SwitchStmt:
					if tag, ok := one.Tag.(*ast.Ident); ok && tag.Name == option {
						found = append(found, pkg.cases(one, option)...)
					}
				case *ast.IndexExpr:
					if index, ok := one.Index.(*ast.Ident); ok && index.Name == option && one.X.(*ast.Ident).Name == "LogOptKeys" {
						found = append(found, pkg.keys("LogOptKeys")...)
					}
				}
				return true
			})
			return true
		})
	}
	if len(found) == 0 {
		panic("no options found")
	}
	sort.Strings(found)
	return found
}

func (pkg source) cases(one *ast.SwitchStmt, option string) []string {
	found := []string{}
	for _, clause := range one.Body.List {
		for _, word := range clause.(*ast.CaseClause).List {
			// logentries compares an option with itself.
			if name, ok := word.(*ast.Ident); ok && name.Name == option {
				found = append(found, "*")
			} else {
				found = append(found, pkg.text(word))
			}
		}
	}
	return found
}

func (pkg source) keys(name string) []string {
	found := []string{}
	for _, element := range pkg.values[name].(*ast.CompositeLit).Elts {
		found = append(found, pkg.text(element.(*ast.KeyValueExpr).Key))
	}
	return found
}

func (pkg source) text(expression ast.Expr) string {
	switch one := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(one.Value)
		check(err)
		return text
	case *ast.BinaryExpr:
		return pkg.text(one.X) + pkg.text(one.Y)
	case *ast.Ident:
		return pkg.text(pkg.values[one.Name])
	}
	panic(fmt.Sprintf("no text: %T", expression))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
