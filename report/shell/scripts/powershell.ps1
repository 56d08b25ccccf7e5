# Completes whyport's command line in PowerShell, for this session:
#   whyport completion powershell | Out-String | Invoke-Expression
# and for all that come: the same line in the file that $PROFILE names.
Register-ArgumentCompleter -Native -CommandName whyport -ScriptBlock {
    param($typed, $command, $position)
    $words = @($command.CommandElements | Where-Object { $_.Extent.EndOffset -le $position } | ForEach-Object { $_.Extent.Text })
    $program = $words[0].Trim("'", '"')
    $before = @($words | Select-Object -Skip 1)
    if ($typed -ne '' -and $before.Count -gt 0) { $before = @($before | Select-Object -SkipLast 1) }
    # Windows PowerShell leaves empty arguments out: a word of one space stands for none.
    $last = if ($typed -eq '') { ' ' } else { $typed }
    & $program --complete @before $last 2>$null | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
