package network

import "slices"

// communities finds groups of nodes that are linked among themselves: connected
// parts, cut by modularity where they are greater than a group may be, less the
// members that are linked with fewer than half of the others. The same for any
// order of the map.
func communities(links map[int]map[int]int, s Settings) [][]int {
	nodes := make([]int, 0, len(links))
	for n := range links {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	var out [][]int
	for _, part := range connected(nodes, links) {
		parts := [][]int{part}
		if len(part) > s.MaxGroup {
			parts = modular(part, links)
		}
		for _, p := range parts {
			p = dense(p, links)
			if len(p) >= s.MinGroup && len(p) <= s.MaxGroup {
				out = append(out, p)
			}
		}
	}
	return out
}

func connected(nodes []int, links map[int]map[int]int) [][]int {
	seen := map[int]bool{}
	var out [][]int
	for _, n := range nodes {
		if seen[n] {
			continue
		}
		seen[n] = true
		part := []int{n}
		for i := 0; i < len(part); i++ {
			for m := range links[part[i]] {
				if !seen[m] {
					seen[m] = true
					part = append(part, m)
				}
			}
		}
		slices.Sort(part)
		out = append(out, part)
	}
	return out
}

// dense takes away the members that are linked with fewer than half of the
// others, the loosest first, of equals the last.
func dense(part []int, links map[int]map[int]int) []int {
	part = slices.Clone(part)
	for len(part) > 1 {
		worst, least := -1, len(part)
		for i, n := range part {
			d := 0
			for _, m := range part {
				if links[n][m] > 0 {
					d++
				}
			}
			if d <= least {
				worst, least = i, d
			}
		}
		if 2*least >= len(part)-1 {
			break
		}
		part = slices.Delete(part, worst, worst+1)
	}
	return part
}

// modular cuts a connected part by the method of Louvain (Blondel and others
// 2008): nodes move to the neighbouring community that raises modularity most
// until none moves, then communities become nodes. Nodes are taken in order and
// of equal gains the first community counts, so that the answer is one.
func modular(part []int, links map[int]map[int]int) [][]int {
	at := map[int]int{}
	for i, n := range part {
		at[n] = i
	}
	members := make([][]int, len(part))
	g := make([]map[int]int, len(part)) // weights; a loop counts twice
	for i, n := range part {
		members[i] = []int{n}
		g[i] = map[int]int{}
		for m, w := range links[n] {
			if j, ok := at[m]; ok {
				g[i][j] = w
			}
		}
	}
	for {
		of, moved := moves(g)
		if !moved {
			break
		}
		kept := sorted(slices.Clone(of))
		number := map[int]int{}
		for i, c := range kept {
			number[c] = i
		}
		next, joined := make([]map[int]int, len(kept)), make([][]int, len(kept))
		for i := range next {
			next[i] = map[int]int{}
		}
		for i, c := range of {
			joined[number[c]] = append(joined[number[c]], members[i]...)
			for j, w := range g[i] {
				next[number[c]][number[of[j]]] += w
			}
		}
		g, members = next, joined
	}
	for _, m := range members {
		slices.Sort(m)
	}
	return members
}

// moves gives the community of each node after one round of moves.
func moves(g []map[int]int) (of []int, moved bool) {
	n := len(g)
	of = make([]int, n)
	degree, inside := make([]int, n), make([]int, n) // of nodes, of communities
	all := 0
	for i := range g {
		of[i] = i
		for _, w := range g[i] {
			degree[i] += w
		}
		inside[i] = degree[i]
		all += degree[i]
	}
	for changed := true; changed; {
		changed = false
		for i := range n {
			to := map[int]int{} // community: weight of the links to it
			for j, w := range g[i] {
				if j != i {
					to[of[j]] += w
				}
			}
			inside[of[i]] -= degree[i]
			// Gain without what is the same for all, times the sum of all weights.
			gain := func(c int) int { return to[c]*all - degree[i]*inside[c] }
			best := of[i]
			candidates := make([]int, 0, len(to))
			for c := range to {
				candidates = append(candidates, c)
			}
			slices.Sort(candidates)
			for _, c := range candidates {
				if gain(c) > gain(best) {
					best = c
				}
			}
			inside[best] += degree[i]
			if best != of[i] {
				of[i], changed, moved = best, true, true
			}
		}
	}
	return of, moved
}
