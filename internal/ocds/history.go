package ocds

import "slices"

// A history is one field over all releases: a value with its versions, an
// object, or a list of objects that have each their own history.
type history struct {
	versions []version
	latest   any     // the last value as it was written
	fields   *object // of *history
	list     []*history
	isList   bool
	byID     map[string]*history
	id       any  // the id by which a list's object is known, nil when it has none
	gone     bool // taken away by a null; a later release may bring it back
}

type version struct {
	release *dated
	value   any
}

func (h *history) kind() string {
	switch {
	case h.fields != nil:
		return "object"
	case h.isList:
		return "list of objects"
	case len(h.versions) > 0:
		return "value"
	}
	return ""
}

// A weaving takes releases into a history one after another.
type weaving struct {
	ways   map[string]Way
	doubt  func(*MergeError)
	mixed  map[string]bool // arrays that hold something else than objects in some release
	now    *dated
	turned *MergeError // see Merger.weave
}

// note finds, before anything merges, the arrays that are lists of mixed
// types in some release: they are replaced whole in all.
func (w *weaving) note(v any, path string) {
	switch v := v.(type) {
	case *object:
		for _, name := range v.names {
			w.note(v.values[name], join(path, name))
		}
	case []any:
		for _, x := range v {
			if _, ok := x.(*object); !ok {
				w.mixed[path] = true
				return
			}
		}
		for _, x := range v {
			w.note(x, path)
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// object takes an object's members in. inList leaves its id out, for there it
// names the object and is no value of its own.
func (w *weaving) object(h *history, o *object, r *rule, path string, inList bool) error {
	h.gone = false
	if h.fields == nil {
		h.fields = newObject()
	}
	for _, name := range o.names {
		sub := r.child(name)
		if sub != nil && sub.omit || inList && name == "id" && h.id != nil {
			continue
		}
		child, _ := h.fields.values[name].(*history)
		if child == nil {
			child = &history{}
			h.fields.set(name, child)
		}
		if err := w.value(child, o.values[name], sub, join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func (w *weaving) value(h *history, v any, r *rule, path string) error {
	if r != nil && r.whole && v != nil {
		if err := w.expect(h, "value", path); err != nil {
			return err
		}
		w.add(h, v)
		return nil
	}
	switch v := v.(type) {
	case nil:
		w.remove(h)
		return nil
	case *object:
		if len(v.names) == 0 {
			return nil // says nothing
		}
		if err := w.expect(h, "object", path); err != nil {
			return err
		}
		return w.object(h, v, r, path, false)
	case []any:
		if w.mixed[path] {
			break
		}
		if len(v) == 0 {
			return nil // says nothing
		}
		if err := w.expect(h, "list of objects", path); err != nil {
			return err
		}
		return w.items(h, v, r, path)
	}
	if err := w.expect(h, "value", path); err != nil {
		return err
	}
	w.add(h, v)
	return nil
}

// expect refuses a field that is one thing in one release and another in the
// next. What a null took away may come back as something else; a null before
// it was nothing yet.
func (w *weaving) expect(h *history, kind, path string) error {
	was := h.kind()
	if was == "" || was == kind {
		return nil
	}
	if was == "value" && h.versions[len(h.versions)-1].value == nil {
		if len(h.versions) > 1 && w.turned == nil {
			w.turned = w.now.fail(TypeInconsistent, path)
		}
		h.versions = nil
		return nil
	}
	if h.gone && kind == "value" {
		if w.turned == nil {
			w.turned = w.now.fail(TypeInconsistent, path)
		}
		*h = history{id: h.id}
		return nil
	}
	return w.now.fail(TypeInconsistent, path)
}

func (w *weaving) items(h *history, items []any, r *rule, path string) error {
	h.isList, h.gone = true, false
	if h.byID == nil {
		h.byID = map[string]*history{}
	}
	seen := make(map[string]bool, len(items))
	for i, x := range items {
		o := x.(*object) // note saw to it
		var item *history
		id, key := o.values["id"], ""
		switch w.ways[path] {
		case Append:
		case ByPosition:
			if i < len(h.list) {
				item = h.list[i]
			}
		default:
			if id != nil {
				key = idText(id)
				item = h.byID[key]
				if seen[key] && w.doubt != nil {
					w.doubt(w.now.fail(DuplicateID, path+" "+key[1:]))
				}
				seen[key] = true
			}
		}
		if item == nil {
			item = &history{id: id}
			h.list = append(h.list, item)
			if key != "" {
				h.byID[key] = item
			}
		}
		if err := w.object(item, o, r, path, true); err != nil {
			return err
		}
	}
	return nil
}

// idText is what an id is compared by, never empty: 1 and "1" are one id.
func idText(id any) string {
	if s, ok := id.(string); ok {
		return "=" + s
	}
	return "=" + string(encode(id))
}

// add appends a version, unless the field has that value already. Of two
// objects with one id in one release the last one's value counts.
func (w *weaving) add(h *history, v any) {
	if n := len(h.versions); n > 0 && h.versions[n-1].release == w.now {
		h.versions = h.versions[:n-1]
	}
	h.latest = v
	if n := len(h.versions); n > 0 && equal(h.versions[n-1].value, v) {
		return
	}
	h.versions = append(h.versions, version{w.now, v})
}

// remove is what a null does: the field has no value from now on, nor has
// anything below it.
func (w *weaving) remove(h *history) {
	switch {
	case h.fields != nil:
		for _, name := range h.fields.names {
			w.remove(h.fields.values[name].(*history))
		}
	case h.isList:
		for _, item := range h.list {
			w.remove(item)
		}
	default:
		w.add(h, nil)
	}
	h.gone = true
}

// compiled gives the latest value; ok is false when there is none. An object
// whose values were all taken away one by one is an empty object.
func (h *history) compiled() (v any, ok bool) {
	if h.fields == nil && !h.isList {
		return h.latest, h.latest != nil
	}
	if h.gone || !h.said() {
		return nil, false
	}
	return h.render((*history).compiled), true
}

// versioned gives all values with the release that brought each.
func (h *history) versioned() (v any, ok bool) {
	if h.fields != nil || h.isList {
		if !h.said() {
			return nil, false
		}
		return h.render((*history).versioned), true
	}
	list := make([]any, 0, len(h.versions))
	for _, v := range h.versions {
		o := newObject()
		o.set("releaseID", v.release.id)
		o.set("releaseDate", v.release.date)
		o.set("releaseTag", v.release.tag)
		o.set("value", v.value)
		list = append(list, o)
	}
	return list, len(list) > 0
}

// said tells whether a release said anything at all about the field: an empty
// object or list says nothing, a null does.
func (h *history) said() bool {
	if h.id != nil || len(h.versions) > 0 {
		return true
	}
	if h.fields != nil {
		for _, name := range h.fields.names {
			if h.fields.values[name].(*history).said() {
				return true
			}
		}
	}
	return slices.ContainsFunc(h.list, (*history).said)
}

// render builds an object or a list from its parts; one without any is left out.
func (h *history) render(part func(*history) (any, bool)) any {
	if h.isList {
		list := []any{}
		for _, item := range h.list {
			if v, ok := part(item); ok {
				list = append(list, v)
			}
		}
		return list
	}
	o := newObject()
	if h.id != nil {
		o.set("id", h.id)
	}
	for _, name := range h.fields.names {
		if v, ok := part(h.fields.values[name].(*history)); ok {
			o.set(name, v)
		}
	}
	return o
}
