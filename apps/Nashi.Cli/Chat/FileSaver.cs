using Nashi.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>Saves files that were sent: to a draft beside the place first, so that what is there is whole.</summary>
internal static class FileSaver
{
    private const int Page = 100;
    private const int Block = 1 << 16;

    /// <summary>The file of a message, or the newest with a name; null when there is none.</summary>
    public static async Task<Attachment?> FindAsync(Room room, string wanted, CancellationToken cancellation)
    {
        if (MessageId.TryParse(wanted, out var id)) return (await room.FindAsync(id, cancellation)) is { Attachments: [var first, ..] } ? first : null;
        ulong? before = null;
        while (true)
        {
            var page = await room.HistoryAsync(before, Page, cancellation);
            if (page.Count == 0) return null;
            var found = page.Reverse().SelectMany(message => message.Attachments).FirstOrDefault(file => file.Name == wanted || TerminalText.Name(file.Name, 60) == wanted);
            if (found is not null) return found;
            before = page[0].Position;
        }
    }

    /// <summary>Where a file goes: its own name is a stranger's word, and stays within the folder.</summary>
    public static string PathFor(Attachment file, string? wanted)
    {
        var name = SafeName(file.Name);
        if (wanted is null) return WorkingFolder.Resolve(name);
        var path = WorkingFolder.Resolve(wanted);
        return Directory.Exists(path) ? Path.Combine(path, name) : path;
    }

    /// <summary>Saves it.</summary>
    public static async Task SaveAsync(Room room, Attachment file, string path, bool overwrites, IProgress<ulong> progress, CancellationToken cancellation)
    {
        if (!overwrites && File.Exists(path)) throw new CliException("ERR_EXISTS", $"{TerminalText.Line(path)} is there already. Choose another path, or --force.");
        var draft = path + ".part";
        try
        {
            await using (var output = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None, Block, FileOptions.Asynchronous))
            {
                await using var content = room.OpenFile(file);
                await CopyAsync(content, output, progress, cancellation);
            }

            File.Move(draft, path, overwrites);
        }
        catch
        {
            // What was fetched stays in the store: the next time goes on from there.
            File.Delete(draft);
            throw;
        }
    }

    // No folders, nothing hidden, nothing that a shell or a terminal would trip over.
    private static string SafeName(string name)
    {
        var clean = TerminalText.Line(name).Split('/', '\\')[^1].Replace('\ufffd', '_').Replace(':', '_').Trim().TrimStart('.', '-');
        return clean.Length == 0 ? "file" : clean;
    }

    private static async Task CopyAsync(Stream from, Stream to, IProgress<ulong> progress, CancellationToken cancellation)
    {
        var block = new byte[Block];
        ulong done = 0;
        while (await from.ReadAsync(block, cancellation) is > 0 and var read)
        {
            await to.WriteAsync(block.AsMemory(0, read), cancellation);
            done += (ulong)read;
            progress.Report(done);
        }
    }
}
