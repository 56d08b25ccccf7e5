# Completes whyport's command line in fish:
#   whyport completion fish > ~/.config/fish/completions/whyport.fish
function __whyport_complete
    set -l words (commandline -opc)
    $words[1] --complete $words[2..] (commandline -ct) 2>/dev/null
end
function __whyport_files
    not count (__whyport_complete) >/dev/null
end
complete -c whyport -f -a '(__whyport_complete)'
complete -c whyport -n __whyport_files -F
