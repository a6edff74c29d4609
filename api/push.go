package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kartoteka/access"
	"kartoteka/customer"
	"kartoteka/desk"
)

// Headers of a signed push. The signature is "sha256=" and the HMAC-SHA-256 in hex, under the secret of
// the source, of the time, a dot, and the body as it is sent; the time is in seconds since 1970.
const (
	signatureHeader = "X-Hub-Signature-256"
	timeHeader      = "X-Hub-Timestamp"
	// signedFor is how far the time may be off: what was signed longer ago is not taken again.
	signedFor = 5 * time.Minute
	// maxPush bounds the body of a push.
	maxPush = 16 << 20
)

// pushed are rows that a source sends.
type pushed struct {
	Records []pushedRecord `json:"records" minItems:"1" maxItems:"1000"`
}

type pushedRecord struct {
	Key    string `json:"key,omitempty" maxLength:"512" doc:"The source's own; without it the mapping finds it in the columns."`
	Delete bool   `json:"delete,omitempty" doc:"The customer is gone from the source."`
	// Columns are texts, numbers, or lists of them.
	Columns map[string]pushedValue `json:"columns,omitempty"`
}

// pushedValue is a text, a number, true or false, null, or a list of those.
type pushedValue []string

// UnmarshalJSON implements json.Unmarshaler; numbers stay as they are written.
func (v *pushedValue) UnmarshalJSON(text []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil {
		list = []json.RawMessage{text}
	}
	*v = pushedValue{}
	for _, one := range list {
		var s string
		switch {
		case json.Unmarshal(one, &s) == nil:
		default:
			s = string(one)
		}
		*v = append(*v, s)
	}
	return nil
}

// Schema implements huma.SchemaProvider.
func (pushedValue) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "A text, a number, true or false, null, or a list of those."}
}

// pushes takes records that a source sends.
func (s *Server) pushes(api huma.API) {
	register(s, api, http.MethodPost, "/v1/sources/{name}/records", "source-records",
		"Send records of a source. The answer tells who they turned out to be; the same sent twice changes nothing the second time.",
		func(ctx context.Context, in *struct {
			Name      string `path:"name" maxLength:"200"`
			Signature string `header:"X-Hub-Signature-256" maxLength:"100" doc:"Instead of a token: sha256= and the HMAC-SHA-256 in hex of TIMESTAMP.BODY under the source's secret."`
			Timestamp string `header:"X-Hub-Timestamp" maxLength:"20" doc:"With a signature: seconds since 1970."`
			RawBody   []byte
			Body      pushed
		}) (*reply[*desk.Received], error) {
			source := customer.Source(in.Name)
			if in.Signature != "" {
				if !s.signed(source, in.Timestamp, in.Signature, in.RawBody) {
					return nil, newProblem(http.StatusUnauthorized, "signature", "The signature does not fit: "+signatureHeader+" is sha256=HEX of the HMAC-SHA-256 of "+timeHeader+", a dot, and the body, not older than five minutes.")
				}
				ctx = access.With(ctx, &access.Subject{ID: "source:" + in.Name, Name: in.Name, Roles: []access.Role{access.Service},
					Scopes: []access.Act{access.WriteRecords}, Sources: []customer.Source{source}, Via: access.ViaToken})
			}
			return body(s.options.Desk.Receive(ctx, source, in.Body.rows()))
		}, func(op *huma.Operation) {
			op.MaxBodyBytes = maxPush
			op.Security = []map[string][]string{{"token": {}}, {}}
		})
}

// signed checks a signature under the secret of the source.
func (s *Server) signed(source customer.Source, at, signature string, body []byte) bool {
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > signedFor || s.options.Secret == nil {
		return false
	}
	secret := s.options.Secret(source)
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil || len(secret) == 0 {
		return false
	}
	return hmac.Equal(given, sign(secret, at, body))
}

func sign(secret []byte, at string, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

func (p *pushed) rows() []desk.Pushed {
	out := make([]desk.Pushed, len(p.Records))
	for i, r := range p.Records {
		out[i] = desk.Pushed{Key: r.Key, Delete: r.Delete}
		for _, name := range slices.Sorted(maps.Keys(r.Columns)) {
			for _, text := range r.Columns[name] {
				out[i].Columns = append(out[i].Columns, desk.Cell{Column: name, Text: text})
			}
		}
	}
	return out
}

// cellsOf are columns in the order of their names.
func cellsOf(columns map[string]string) (out []desk.Cell) {
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		out = append(out, desk.Cell{Column: name, Text: columns[name]})
	}
	return out
}
