package matching

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kartoteka/customer"
)

// pinned gives the model with the chances that the settings pin, by attribute ("birth_date") or
// part of one ("name.first"), and level. What is not pinned stays as it was learned.
func (k *KindModel) pinned(p *customer.Portrait, kind customer.Kind, pins map[string]Levels) (*KindModel, error) {
	if len(pins) == 0 {
		return k, nil
	}
	out := *k
	out.Attributes = maps.Clone(k.Attributes)
	if out.Attributes == nil {
		out.Attributes = map[string]Levels{}
	}
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		held := k.levelsOf(p, kind, name)
		if held == nil {
			return nil, fmt.Errorf("levels.%s: no attribute, or part of one, that has levels; it may be birth_date, name.first, address.street", name)
		}
		levels := maps.Clone(held)
		for key, pin := range pins[name] {
			level, known := levels[key]
			if !known {
				return nil, fmt.Errorf("levels.%s: no level %q; it has %s", name, key, strings.Join(sortedKeys(levels), ", "))
			}
			levels[key] = level.pinned(pin)
		}
		out.Attributes[name] = levels
	}
	return &out, nil
}

func (l Level) pinned(pin Level) Level {
	if pin.M > 0 {
		l.M = pin.M
	}
	if pin.U > 0 {
		l.U = pin.U
	}
	if pin.Kin > 0 {
		l.Kin = pin.Kin
	}
	return l
}

// levelsOf finds the levels of an attribute or of a part of one; nil if there are none.
func (k *KindModel) levelsOf(p *customer.Portrait, kind customer.Kind, name string) Levels {
	if id, ok := p.Lookup(kind, name); ok {
		return k.levels(levelNames(p.Attribute(id))...)
	}
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return nil
	}
	id, ok := p.Lookup(kind, name[:at])
	if !ok {
		return nil
	}
	return k.levels(name, string(p.Attribute(id).Type)+name[at:])
}
