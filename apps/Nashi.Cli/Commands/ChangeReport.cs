using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary>Reports of changed files, the same for every command that writes them.</summary>
internal static class ChangeReport
{
    /// <summary>One file: <c>+</c> added, <c>~</c> changed, <c>-</c> removed. Equal files are not worth a line.</summary>
    public static void Report(CliContext context, in FileChange change)
    {
        if (change.Kind is FileChangeKind.Equal) return;
        var (mark, size) = change.Kind switch
        {
            FileChangeKind.Added => ('+', change.BytesAdded),
            FileChangeKind.Changed => ('~', change.BytesAdded),
            _ => ('-', change.BytesRemoved),
        };
        var data = new JsonObject
        {
            ["type"] = change.Kind switch { FileChangeKind.Added => "add", FileChangeKind.Changed => "change", _ => "remove" },
            ["message"] = change.Path,
            ["bytesAdded"] = change.BytesAdded,
            ["bytesRemoved"] = change.BytesRemoved,
        };
        context.Reporter.Report("byte-diff", data, $"{mark} {change.Path} ({Sizes.Format(size)})");
    }

    /// <summary>All files together.</summary>
    public static void Summarise(CliContext context, FileCounts counts)
    {
        var data = new JsonObject
        {
            ["files"] = counts.Files,
            ["add"] = counts.Added,
            ["change"] = counts.Changed,
            ["remove"] = counts.Removed,
            ["bytesAdded"] = counts.BytesAdded,
            ["bytesRemoved"] = counts.BytesRemoved,
        };
        var text = counts.IsEmpty
            ? string.Create(CultureInfo.InvariantCulture, $"Nothing changed in {counts.Files} files.")
            : string.Create(CultureInfo.InvariantCulture, $"{counts.Files} files: {counts.Added} added, {counts.Changed} changed, {counts.Removed} removed; {Sizes.Format(counts.BytesAdded)} written.");
        context.Reporter.Report("summary", data, text);
    }
}
