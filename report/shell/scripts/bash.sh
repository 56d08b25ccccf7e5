# Completes whyport's command line in bash. It needs nothing else:
#   whyport completion bash > ~/.local/share/bash-completion/completions/whyport
# or, for this shell alone:  source <(whyport completion bash)
_whyport() {
	# Bash breaks words at = and : as well; here they are whole again.
	local line=${COMP_LINE:0:COMP_POINT} words word rest i
	read -ra words <<<"$line"
	word=''
	if [[ $line != *[[:space:]] ]]; then
		word=${words[-1]}
		unset 'words[-1]'
	fi
	local program=${words[0]/#\~/$HOME}
	mapfile -t COMPREPLY < <("$program" --complete "${words[@]:1}" "$word" 2>/dev/null)
	rest=${word%"${word##*[=:]}"} # what bash keeps by itself
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]#"$rest"}
	done
}
complete -o default -F _whyport whyport
