//go:build !windows

package usage

const bomUsual = false
