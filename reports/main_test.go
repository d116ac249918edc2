package reports

import (
	"testing"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }
