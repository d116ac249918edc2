// Package serve shows folders of saved results in a browser: all that there are,
// how they changed over time, and any two compared.
//
// It is for the machine that it runs on. The handler answers only to the names of
// the loopback interface, so that no page of the web can reach it by a name that
// leads here (DNS rebinding); it opens nothing outside its folder, and in it only
// the files that isocheck writes for reading.
package serve

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/isocheck/isocheck/reports"
)

//go:embed pages
var pages embed.FS

// Handler shows the results under a folder.
type Handler struct {
	shelf *shelf
	pages *template.Template
}

// New returns a handler for the results under the folder. Close gives the folder back.
func New(dir string) (*Handler, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of results: %w", err)
	}
	t, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("reading the page's template: %w", err)
	}
	return &Handler{shelf: &shelf{root: root}, pages: t}, nil
}

// Close gives the folder back.
func (h *Handler) Close() error { return h.shelf.root.Close() }

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cache-Control", "no-cache")
	switch {
	case !IsLoopback(r.Host):
		http.Error(w, "this server answers to localhost only", http.StatusMisdirectedRequest)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		head.Set("Allow", "GET, HEAD")
		http.Error(w, "nothing can be changed here", http.StatusMethodNotAllowed)
	case r.URL.Path == "/":
		h.index(w, r)
	case r.URL.Path == "/compare":
		h.compare(w, r)
	case strings.HasPrefix(r.URL.Path, "/files/"):
		h.file(w, r, strings.TrimPrefix(r.URL.Path, "/files/"))
	default:
		http.NotFound(w, r)
	}
}

// IsLoopback reports whether an address, with or without a port, is a name of this machine to itself:
// localhost, 127.0.0.0/8 or ::1.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(address, "["), "]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// file sends a file of a folder of results. os.Root keeps paths, and symbolic links, inside.
func (h *Handler) file(w http.ResponseWriter, r *http.Request, name string) {
	if !fs.ValidPath(name) || !served(path.Base(name)) || hidden(name) {
		http.NotFound(w, r)
		return
	}
	file, err := h.shelf.root.Open(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	http.ServeContent(w, r, "", info.ModTime(), file)
}

// hidden reports whether a part of the path is a hidden folder.
func hidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".json":
		return "application/json"
	case ".xml":
		return "text/xml; charset=utf-8"
	case ".md", ".jsonl":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// index shows all results, and how they changed over time.
func (h *Handler) index(w http.ResponseWriter, _ *http.Request) {
	all, err := h.shelf.results()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var b bytes.Buffer
	if err := h.pages.ExecuteTemplate(&b, "index.html", newIndex(all)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, b.Bytes())
}

// compare shows two or more results side by side: /compare?of=FOLDER&of=FOLDER.
func (h *Handler) compare(w http.ResponseWriter, r *http.Request) {
	all, err := h.shelf.results()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	c := &reports.Comparison{}
	for _, dir := range r.URL.Query()["of"] {
		for _, one := range all {
			if one.Path == dir && one.Problem == "" && len(one.Report.Runs) > 0 {
				subject := reports.Subject{Name: dir, Report: one.Report}
				if one.Page {
					subject.Link = fileLink(dir, reportFile)
				}
				c.Subjects = append(c.Subjects, subject)
			}
		}
	}
	if len(c.Subjects) < 2 {
		http.Error(w, "choose two results at least", http.StatusBadRequest)
		return
	}
	var b bytes.Buffer
	if err := c.Document().HTML(&b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, b.Bytes())
}

// send sends a page that needs nothing but itself.
func send(w http.ResponseWriter, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	_, _ = w.Write(page) // a browser that went away needs no answer
}
