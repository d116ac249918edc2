package checker

import "github.com/isocheck/isocheck/history"

// foldedTexts remember, by object, the text that was read of it last and what that folds to. Of a list
// that grows, which transactions read again and again, only what is new need then be folded.
type foldedTexts []foldedText

type foldedText struct {
	text   []byte
	folded int64
}

// worthKeeping is how long a text is, in bytes, before it costs more to fold it than to compare it.
const worthKeeping = 32

// cell is cellOf for a value that was read of an object.
func (f *foldedTexts) cell(object int32, v history.Value) cell {
	if v.Kind != history.Text || len(v.Text) < worthKeeping {
		return cellOf(v)
	}
	for int(object) >= len(*f) {
		*f = append(*f, foldedText{})
	}
	return cell{value: (*f)[object].fold(v.Text), kind: history.Text}
}

// fold returns what a text folds to, and remembers it.
func (k *foldedText) fold(text string) int64 {
	known := len(k.text)
	switch {
	case text == string(k.text):
		return k.folded
	case known > 0 && len(text) > known+1 && text[known] == ',' && text[:known] == string(k.text):
		k.folded = fold(k.folded, bytesOf(text[known+1:]))
		k.text = append(k.text, text[known:]...)
	default:
		k.folded = fold(0, bytesOf(text))
		k.text = append(k.text[:0], text...)
	}
	return k.folded
}
