//go:build !(freebsd || openbsd || netbsd || dragonfly || linux)

package socket

const minTTLOption = 0 // the system has no such option

// AnswerTTL says whether answers can be told by how far they have travelled (Request.MinTTL).
const AnswerTTL = "no"
