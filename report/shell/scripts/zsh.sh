#compdef whyport
# Completes whyport's command line in zsh:
#   whyport completion zsh > "${fpath[1]}/_whyport"      (then start zsh anew)
# or, for this shell alone, behind compinit:  source <(whyport completion zsh)
_whyport() {
	local -a found
	found=("${(@f)$("${(Q)words[1]/#\~/$HOME}" --complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
	found=(${found:#})
	if (( $#found )); then
		compadd -Q -S '' -- $found && return
	fi
	_files
}
if [[ $funcstack[1] == _whyport ]]; then
	_whyport "$@"
elif (( $+functions[compdef] )); then
	compdef _whyport whyport
fi
