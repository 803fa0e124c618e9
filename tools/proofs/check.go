// Reads what a ledger has signed, exported and proved, with Go's implementation of transparency
// logs, and says of each thing whether it holds. Argument: the directory that tools/check-proofs
// has filled.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var passed, failed int

func check(what string, err error) bool {
	if err == nil {
		passed++
		return true
	}
	failed++
	fmt.Printf("FAILED  %s: %v\n", what, err)
	return false
}

func differ(what string, ours, theirs any) error {
	if fmt.Sprint(ours) == fmt.Sprint(theirs) {
		return nil
	}
	return fmt.Errorf("%s: ours is %v, Go's is %v", what, ours, theirs)
}

// A tree of one size: its signed root, and the hashes that Go reads from the exported tiles.
type tree struct {
	tlog.Tree
	hashes tlog.HashReader
	dir    string
}

// Tiles as files, by the paths of C2SP: those of Go without the height of 8.
type files struct{ dir string }

func (f files) Height() int { return 8 }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		path := "tile" + strings.TrimPrefix(tile.Path(), "tile/8")
		bytes, err := os.ReadFile(filepath.Join(f.dir, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

// Opens a checkpoint as Go opens any note, and the tree that it is of.
func open(bytes []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the text is %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// The records of an export, each held against the hash in its tile.
func checkRecords(t tree) error {
	for n := int64(0); n*256 < t.N; n++ {
		width := t.N - n*256
		if width > 256 {
			width = 256
		}
		path := tlog.Tile{H: 8, L: 0, N: n, W: int(width)}.Path()
		path = "tile/entries" + strings.TrimPrefix(path, "tile/8/0")
		bundle, err := os.ReadFile(filepath.Join(t.dir, path))
		if err != nil {
			return err
		}
		var indexes []int64
		var records []tlog.Hash
		for i := n * 256; i < n*256+width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s ends before record %d", path, i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			records = append(records, tlog.RecordHash(bundle[2:2+length]))
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
			bundle = bundle[2+length:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%s has bytes behind its records", path)
		}
		hashes, err := t.hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i := range hashes {
			if hashes[i] != records[i] {
				return fmt.Errorf("record %d is not the one of the tile", indexes[i])
			}
		}
	}
	return nil
}

type proof struct {
	Index, Size, From, To                        int64
	LeafHash, RootHash, FromRootHash, ToRootHash string
	Path                                         []string
}

func hash(text string) (h tlog.Hash) {
	bytes, _ := hex.DecodeString(text)
	copy(h[:], bytes)
	return h
}

func hashes(texts []string) []tlog.Hash {
	list := []tlog.Hash{}
	for _, text := range texts {
		list = append(list, hash(text))
	}
	return list
}

func eachLine(path string, body func(proof)) {
	file, err := os.Open(path)
	if !check(path, err) {
		return
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var p proof
		if check(path, json.Unmarshal(lines.Bytes(), &p)) {
			passed--
			body(p)
		}
	}
}

// A proof file of C2SP's tlog-proof, which carries its record.
func checkFile(bytes_ []byte, verifier note.Verifier) error {
	head, checkpoint, found := bytes.Cut(bytes_, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("it is no proof")
	}
	record, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		path = append(path, h)
	}
	signed, err := open(checkpoint, verifier)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, signed.N, signed.Hash, index, tlog.RecordHash(record))
}

func main() {
	dir := os.Args[1]
	key, err := os.ReadFile(filepath.Join(dir, "verifier"))
	if err == nil {
		_, err = os.Stat(dir)
	}
	verifier, keyErr := note.NewVerifier(strings.TrimSpace(string(key)))
	if !check("the verifier key", err) || !check("the verifier key", keyErr) {
		os.Exit(1)
	}
	secret, err := os.ReadFile(filepath.Join(dir, "key"))
	if err == nil {
		_, err = note.NewSigner(strings.TrimSpace(string(secret)))
	}
	check("the private key is one of Go's", err)

	trees := map[int64]tree{}
	paths, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint"))
	sort.Strings(paths)
	for _, path := range paths {
		bytes, _ := os.ReadFile(path)
		signed, err := open(bytes, verifier)
		if !check(path, err) {
			continue
		}
		t := tree{Tree: signed, dir: strings.TrimSuffix(path, ".checkpoint") + ".tiles"}
		t.hashes = tlog.TileHashReader(signed, files{t.dir})
		trees[signed.N] = t
		if signed.N == 0 {
			// Go has no root of an empty tree; RFC 6962 has.
			check(path, differ("root", hex.EncodeToString(signed.Hash[:]),
				"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
			continue
		}
		root, err := tlog.TreeHash(signed.N, t.hashes)
		if check(t.dir, err) {
			check(t.dir, differ("root", signed.Hash, root))
		}
		check(t.dir, checkRecords(t))
	}

	eachLine(filepath.Join(dir, "inclusion.ndjson"), func(p proof) {
		what := fmt.Sprintf("inclusion of %d in %d", p.Index, p.Size)
		t, found := trees[p.Size]
		if !found {
			check(what, fmt.Errorf("no checkpoint of that size is believed"))
			return
		}
		theirs, err := tlog.ProveRecord(p.Size, p.Index, t.hashes)
		if check(what, err) {
			check(what, differ("path", hashes(p.Path), []tlog.Hash(theirs)))
		}
		check(what, tlog.CheckRecord(hashes(p.Path), p.Size, t.Hash, p.Index, hash(p.LeafHash)))
	})
	eachLine(filepath.Join(dir, "consistency.ndjson"), func(p proof) {
		what := fmt.Sprintf("growth from %d to %d", p.From, p.To)
		if _, found := trees[p.To]; !found {
			check(what, fmt.Errorf("no checkpoint of that size is believed"))
			return
		}
		check(what, differ("root", hash(p.ToRootHash), trees[p.To].Hash))
		if p.From == 0 {
			check(what, differ("path", len(p.Path), 0))
			return
		}
		theirs, err := tlog.ProveTree(p.To, p.From, trees[p.To].hashes)
		if check(what, err) {
			check(what, differ("path", hashes(p.Path), []tlog.Hash(theirs)))
		}
		check(what, tlog.CheckTree(hashes(p.Path), p.To, trees[p.To].Hash, p.From, hash(p.FromRootHash)))
	})
	proofs, _ := filepath.Glob(filepath.Join(dir, "*.tlog-proof"))
	for _, path := range proofs {
		bytes, err := os.ReadFile(path)
		if err == nil {
			err = checkFile(bytes, verifier)
		}
		check(path, err)
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
