package config

import (
	"net/url"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secretName tells which settings of a connector are never shown.
var secretName = regexp.MustCompile(`(?i)(password|passwd|pwd|secret|token|credential|api_?key|private|dsn)`)

const masked = "***"

// maskText hides a secret; a reference to the environment is none, and of a URL only the
// password and the query are.
func maskText(name, value string) string {
	if reference.ReplaceAllString(value, "") == "" {
		return value
	}
	if secretName.MatchString(name) {
		return masked
	}
	at, scheme := strings.LastIndexByte(value, '@'), strings.Index(value, "://")
	if scheme < 0 {
		return dsnPassword.ReplaceAllString(value, "${1}"+masked)
	}
	if u, err := url.Parse(value); err != nil && at > scheme {
		return value[:scheme+3] + masked + value[at:]
	} else if err != nil {
		return masked
	} else if u.User != nil || u.RawQuery != "" {
		return maskURL(u)
	}
	return value
}

// dsnPassword finds the password in host=db user=hub password=x.
var dsnPassword = regexp.MustCompile(`(?i)((?:password|pwd)\s*=\s*)('[^']*'|[^\s;]+)`)

func maskURL(u *url.URL) string {
	user, query := u.User, u.Query()
	u.User, u.RawQuery = nil, ""
	for name := range query {
		if secretName.MatchString(name) {
			query.Set(name, masked)
		}
	}
	s := u.String()
	if user != nil {
		who := url.User(user.Username()).String()
		if _, has := user.Password(); has {
			who += ":" + masked
		}
		s = strings.Replace(s, "://", "://"+who+"@", 1)
	}
	if len(query) > 0 {
		s += "?" + strings.ReplaceAll(query.Encode(), url.QueryEscape(masked), masked)
	}
	return s
}

// maskTree copies a connector's settings with the secrets hidden.
func maskTree(name string, n *yaml.Node) *yaml.Node {
	out := *n
	out.HeadComment, out.LineComment, out.FootComment = "", "", "" // a comment may hold an old password
	if n.Kind == yaml.ScalarNode {
		if shown := maskText(name, n.Value); shown != n.Value {
			out = yaml.Node{Kind: yaml.ScalarNode, Value: shown, Tag: "!!str", Style: yaml.DoubleQuotedStyle}
		}
		return &out
	}
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 0:
			out.Content[i] = maskTree("", child)
		case n.Kind == yaml.MappingNode:
			out.Content[i] = maskTree(n.Content[i-1].Value, child)
			if secretName.MatchString(n.Content[i-1].Value) && child.Kind != yaml.ScalarNode {
				out.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Value: masked, Tag: "!!str", Style: yaml.DoubleQuotedStyle}
			}
		default:
			out.Content[i] = maskTree(name, child)
		}
	}
	return &out
}
