using Nashi.Chat.Messages;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Chat.State;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Chat;

/// <content>Reading: pages of the log, messages as they stand.</content>
public sealed partial class Room
{
    private const int MarksMax = 10_000;
    private const int UnreadMax = 1_000;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>A page of messages, oldest first.</summary>
    /// <param name="before">Only messages before this position; null for the last page.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<ChatMessage>> HistoryAsync(ulong? before = null, int count = 50, CancellationToken cancellationToken = default)
    {
        var page = new List<ChatMessage>();
        for (var at = Math.Min(before ?? ulong.MaxValue, _handler.Log.Length); at > 0 && page.Count < count; at--)
        {
            if (await ReadAsync(at - 1, cancellationToken).ConfigureAwait(false) is not { } entry) continue;
            if (await RenderAsync(entry, at - 1, cancellationToken).ConfigureAwait(false) is { } message) page.Add(message);
        }

        page.Reverse();
        return page;
    }

    /// <summary>A message by its id; null when it is not in the room's log.</summary>
    public async ValueTask<ChatMessage?> FindAsync(MessageId id, CancellationToken cancellationToken = default) =>
        await FindEntryAsync(id, cancellationToken).ConfigureAwait(false) is var (entry, position) ? await RenderAsync(entry, position, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Messages of others since <see cref="MarkReadAsync"/>; counts to 1 000.</summary>
    public async ValueTask<int> CountUnreadAsync(CancellationToken cancellationToken = default)
    {
        var (count, from) = (0, _folder.Meta.ReadPosition);
        for (var at = _handler.Log.Length; at > from && count < UnreadMax; at--)
        {
            if (await ReadAsync(at - 1, cancellationToken).ConfigureAwait(false) is not { Verdict: Refusal.None } entry) continue;
            if (State.AuthorOf(entry.Id.Writer) == _options.Keys.Proof.Identity || State.IsVoid(entry.Id)) continue;
            if (_handler.Read(entry)?.Op is PostOp) count++;
        }

        return count;
    }

    /// <summary>Notes that everything up to now was read, on this device alone.</summary>
    public ValueTask MarkReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var length = _handler.Log.Length;
        _folder.Update(meta => meta.ReadPosition == length && meta.Unread == 0 ? meta : meta with { ReadPosition = length, Unread = 0 });
        _unread = null;
        return default;
    }

    /// <summary>Opens a file. Blocks that are not here are fetched as they are read; what was fetched stays, so that reading again goes on.</summary>
    /// <param name="file">The file, from its message.</param>
    /// <param name="offset">From which byte on.</param>
    public Stream OpenFile(Attachment file, ulong offset = 0)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new SealedFileStream(() => _contents.OpenAsync(file.Core), file, offset);
    }

    /// <summary>How many bytes of a file are on this device.</summary>
    public async ValueTask<ulong> CountHeldAsync(Attachment file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        cancellationToken.ThrowIfCancellationRequested();
        if (!FileCipher.IsPlausible(file)) return 0;
        var core = await _contents.OpenAsync(file.Core).ConfigureAwait(false);
        var held = core.CountHeld(file.Blob.BlockOffset, file.Blob.BlockEnd);
        return held == file.Blob.BlockLength ? file.Size : Math.Min(file.Size, held * FileCipher.ChunkSize);
    }

    /// <summary>Whether the contents of all that was looked at are here.</summary>
    internal bool HasAllContents => _contents.IsComplete && _seen == _handler.Log.Length;

    private async ValueTask<LogEntry?> ReadAsync(ulong position, CancellationToken cancellationToken)
    {
        if (position >= _handler.Log.Length) return null;
        var bytes = await _handler.Log.GetAsync(position, wait: false, cancellationToken).ConfigureAwait(false);
        return bytes is not null && LogEntry.TryDecode(bytes, out var entry) ? entry : null;
    }

    // Mostly among the last ones. A writer's ops are in the order it wrote them: behind an earlier one there is no later.
    private async ValueTask<(LogEntry Entry, ulong Position)?> FindEntryAsync(MessageId id, CancellationToken cancellationToken)
    {
        for (var at = _handler.Log.Length; at > 0; at--)
        {
            if (await ReadAsync(at - 1, cancellationToken).ConfigureAwait(false) is not { } entry || entry.Id.Writer != id.Writer) continue;
            if (entry.Id.Length == id.Length) return (entry, at - 1);
            if (entry.Id.Length < id.Length) return null;
        }

        return null;
    }

    private async ValueTask<ChatMessage?> RenderAsync(LogEntry entry, ulong position, CancellationToken cancellationToken)
    {
        var state = State;
        if (entry.Verdict != Refusal.None || state.IsVoid(entry.Id) || _handler.Read(entry) is not { Op: PostOp post } envelope) return null;
        if (state.AuthorOf(entry.Id.Writer) is not { } author) return null;
        var now = _options.Clock.GetUtcNow();
        var time = envelope.Time.Time;
        var message = new ChatMessage
        {
            Id = entry.Id, Position = position, Author = author, AuthorName = state.NameOf(entry.Id.Writer), Time = time > now ? now : time, IsTimeDoubtful = time > now + ClockTolerance,
            ReplyTo = post.ReplyTo, IsBeforeRekey = envelope.Flags.HasFlag(OpFlags.BeforeRekey), IsOwn = author == _options.Keys.Proof.Identity,
        };
        return await ChangeAsync(message, post, cancellationToken).ConfigureAwait(false);
    }

    // Edits, deletion and reactions, in the order of the log.
    private async ValueTask<ChatMessage> ChangeAsync(ChatMessage message, PostOp post, CancellationToken cancellationToken)
    {
        var (writer, block, size, isEdited) = (message.Id.Writer, post.Block, post.Size, false);
        var reactions = new List<(string Emoji, PublicKey By)>();
        foreach (var at in await _handler.ReadMarksAsync(message.Id, MarksMax, cancellationToken).ConfigureAwait(false))
        {
            if (await ReadAsync(at, cancellationToken).ConfigureAwait(false) is not { } entry || State.IsVoid(entry.Id) || _handler.Read(entry) is not { } envelope) continue;
            if (State.AuthorOf(entry.Id.Writer) is not { } by) continue;
            switch (envelope.Op)
            {
                case DeleteOp: return message with { IsDeleted = true };
                case EditOp edit: (writer, block, size, isEdited) = (entry.Id.Writer, edit.Block, edit.Size, true); break;
                case ReactOp react:
                    reactions.Remove((react.Emoji, by));
                    if (react.IsOn) reactions.Add((react.Emoji, by));
                    break;
            }
        }

        var content = State.ContentOf(writer) is { } core && State.FilesOf(writer) is { } files ? await _contents.ReadAsync(core, files, block, size).ConfigureAwait(false) : null;
        return message with
        {
            Text = content?.Text ?? "", Attachments = content?.Attachments ?? [], IsMissing = content is null, IsEdited = isEdited,
            Reactions = [.. reactions.GroupBy(one => one.Emoji).Select(group => new Reaction(group.Key, [.. group.Select(one => one.By)]))],
        };
    }

    /// <summary>Clears contents of a message: all when it was deleted, all but the last when it was edited.</summary>
    private async ValueTask ClearAsync(MessageId id, bool all, CancellationToken cancellationToken)
    {
        if (await FindEntryAsync(id, cancellationToken).ConfigureAwait(false) is not var (first, _) || _handler.Read(first)?.Op is not PostOp post) return;
        var versions = new List<(CoreKey Writer, ulong Block, uint Size)> { (id.Writer, post.Block, post.Size) };
        foreach (var at in await _handler.ReadMarksAsync(id, MarksMax, cancellationToken).ConfigureAwait(false))
        {
            if (await ReadAsync(at, cancellationToken).ConfigureAwait(false) is { } entry && !State.IsVoid(entry.Id) && _handler.Read(entry)?.Op is EditOp edit) versions.Add((entry.Id.Writer, edit.Block, edit.Size));
        }

        foreach (var (writer, block, size) in all ? versions : versions.SkipLast(1))
        {
            if (State.ContentOf(writer) is not { } core || State.FilesOf(writer) is not { } files) continue;
            if (all && await _contents.ReadAsync(core, files, block, size).ConfigureAwait(false) is { } content)
            {
                foreach (var file in content.Attachments) await _contents.ClearFileAsync(file, cancellationToken).ConfigureAwait(false);
            }

            await _contents.ClearAsync(core, block, cancellationToken).ConfigureAwait(false);
        }
    }
}
