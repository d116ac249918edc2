package checker

import "strconv"

// numbered writes a number and its noun, which takes an s where there is not one of it.
func numbered(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// everyRead begins a sentence on all reads: "every one of 5 reads", and of one "the only read".
func everyRead(n int) string {
	if n == 1 {
		return "the only read"
	}
	return "every one of " + numbered(n, "read")
}

// allOf begins a sentence that goes on in the plural: "all of 5 rows", and for one "the only row".
func allOf(n int, noun string) string {
	if n == 1 {
		return "the only " + noun
	}
	return "all of " + numbered(n, noun)
}

// agree returns the verb's form for a number.
func agree(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// timesSeen writes how often something was seen: once, 3 times.
func timesSeen(n int) string {
	if n == 1 {
		return "once"
	}
	return numbered(n, "time")
}
