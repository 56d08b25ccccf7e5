//go:build windows || darwin

package socket

const knowsRST = true
