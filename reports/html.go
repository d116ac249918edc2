package reports

import (
	"embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed templates
var templates embed.FS

//go:embed templates/style.css
var styleSheet string

// pageScript makes the page quicker to use. All of the page can be read without it.
//
//go:embed templates/script.js
var pageScript string

// HTML writes the report as one page that needs nothing else: no network, no
// script but its own, no font. It shows at most three witnesses of each anomaly
// of each run, fewer where there are many runs, and says how many there are.
func HTML(w io.Writer, r *Report) error {
	t, err := template.ParseFS(templates, "templates/*.html")
	if err != nil {
		return fmt.Errorf("reading the report's templates: %w", err)
	}
	p, err := newPage(r)
	if err != nil {
		return err
	}
	if err := t.ExecuteTemplate(w, "page.html", p); err != nil {
		return fmt.Errorf("writing the HTML report: %w", err)
	}
	return nil
}
