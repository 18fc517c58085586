using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.Messages;
using Nashi.Chat.Ops;
using Nashi.Chat.Rooms;
using Nashi.Chat.State;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat;

/// <content>Writing: ops of ours.</content>
public sealed partial class Room
{
    private static readonly TimeSpan RekeyPatience = TimeSpan.FromSeconds(10);

    private const int AttemptsMax = 100;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private HybridTime _clock;

    /// <summary>Sends a message; ends when it is saved here and applied.</summary>
    /// <exception cref="ChatException"><c>NOT_A_MEMBER</c>, <c>NOT_ALLOWED</c>, <c>TOO_LONG</c>.</exception>
    public ValueTask<ChatMessage> SendAsync(Draft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return PostAsync(draft, [], cancellationToken);
    }

    /// <summary>Sends a file with a message. The stream is read once, and never wholly in memory.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="name">Its name; folders are left out.</param>
    /// <param name="type">Its media type; null for unknown.</param>
    /// <param name="draft">The message it goes with; null for none.</param>
    /// <param name="progress">Told how many bytes are saved.</param>
    /// <param name="cancellationToken">Gives up; nothing is sent then.</param>
    public async ValueTask<ChatMessage> SendFileAsync(Stream content, string name, string? type = null, Draft? draft = null, IProgress<ulong>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        RequireMay(Capabilities.Post | Capabilities.Media);
        var (key, size) = (NewKey(), 0UL);
        void Note(ulong read)
        {
            size = read;
            progress?.Report(read);
        }

        var blob = await _files.PutAsync(FileCipher.SealAsync(content, key, Note, cancellationToken), null, cancellationToken).ConfigureAwait(false);
        var file = new Attachment { Name = FileNames.Clean(name), Type = type is { Length: > 0 and <= ContentCodec.MaxType } ? type : "application/octet-stream", Size = size, Core = _files.Core.Key, Blob = blob, Key = key };
        return await PostAsync(draft ?? new Draft(""), [file], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a message of ours another text. Its files stay.</summary>
    public async ValueTask<ChatMessage> EditAsync(MessageId id, string text, CancellationToken cancellationToken = default)
    {
        RequireText(text);
        var old = await FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (old is null or { IsDeleted: true }) throw new ChatException("NOT_ALLOWED", "There is no such message, or it was deleted.");
        if (!old.IsOwn) throw new ChatException("NOT_ALLOWED", "Only its author edits a message.");
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var key = await ChooseKeyAsync(cancellationToken).ConfigureAwait(false);
            var files = old.Attachments.Where(file => file.Core == _files.Core.Key).ToArray();
            var (block, size) = await WriteContentAsync(new(text, files), key, cancellationToken).ConfigureAwait(false);
            await AppendAsync(new EditOp(id, block, size, files.Length > 0, HasLinks(text)), key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        return await FindAsync(id, cancellationToken).ConfigureAwait(false) ?? old;
    }

    /// <summary>Deletes a message: its content is removed from the disk here, and on each device that hears of it.</summary>
    public async ValueTask DeleteAsync(MessageId id, CancellationToken cancellationToken = default)
    {
        await WriteAsync(_ => new DeleteOp(id), cancellationToken).ConfigureAwait(false);
        await ClearAsync(id, all: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reacts to a message, or takes a reaction back.</summary>
    public async ValueTask ReactAsync(MessageId id, string emoji, bool isOn = true, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(emoji);
        if (System.Text.Encoding.UTF8.GetByteCount(emoji) > OpCodec.MaxEmoji) throw new ChatException("TOO_LONG", $"A reaction has at most {OpCodec.MaxEmoji} bytes.");
        await WriteAsync(_ => new ReactOp(id, emoji, isOn), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends many messages as one batch.</summary>
    internal async ValueTask SendManyAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var key = await ChooseKeyAsync(cancellationToken).ConfigureAwait(false);
            var (values, blocks, first) = (new List<ReadOnlyMemory<byte>>(), new List<ReadOnlyMemory<byte>>(), _contents.Own.Length);
            foreach (var text in texts)
            {
                var block = SealContent(new(text, []), key, first + (ulong)blocks.Count);
                values.Add(Seal(new PostOp(first + (ulong)blocks.Count, (uint)block.Length, false, false, null), key));
                blocks.Add(block);
            }

            await _contents.Own.AppendAsync(blocks, cancellationToken).ConfigureAwait(false);
            await AppendToBaseAsync(values, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Appends bytes as they are: what a modified client could do.</summary>
    internal Task AppendRawAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) => _base.AppendAsync(value, cancellationToken);

    private async ValueTask<ChatMessage> PostAsync(Draft draft, IReadOnlyList<Attachment> files, CancellationToken cancellationToken)
    {
        RequireText(draft.Text);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        MessageId id;
        try
        {
            RequireMay(Capabilities.Post);
            var key = await ChooseKeyAsync(cancellationToken).ConfigureAwait(false);
            var (block, size) = await WriteContentAsync(new(draft.Text, files), key, cancellationToken).ConfigureAwait(false);
            id = await AppendAsync(new PostOp(block, size, files.Count > 0, HasLinks(draft.Text), draft.ReplyTo), key, cancellationToken).ConfigureAwait(false);
            NoteOwn(id, block);
        }
        finally
        {
            _writing.Release();
        }

        return await FindSentAsync(id, draft, files, cancellationToken).ConfigureAwait(false);
    }

    // Where the order is just changing the log is cut for a moment, and written anew.
    private async ValueTask<ChatMessage> FindSentAsync(MessageId id, Draft draft, IReadOnlyList<Attachment> files, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt < AttemptsMax; attempt++)
        {
            if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } message) return message;
            if (State.Former.ContainsKey(Writer)) break;
            await _base.UpdateAsync(cancellationToken).ConfigureAwait(false);
        }

        return new() { Id = id, Position = Length, Author = _options.Keys.Proof.Identity, AuthorName = _folder.Meta.OwnName, Time = _clock.Time, Text = draft.Text, ReplyTo = draft.ReplyTo, Attachments = files, IsOwn = true };
    }

    /// <summary>Makes and appends one op, with nobody else between.</summary>
    private async ValueTask<MessageId> WriteAsync(Func<RoomState, Op> make, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AppendAsync(make(State), await ChooseKeyAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    // Under the writing lock. Tried out first: what would be refused is not written.
    private async ValueTask<MessageId> AppendAsync(Op op, SealingKey key, CancellationToken cancellationToken)
    {
        var value = Seal(op, key, out var envelope);
        Try(State, envelope);
        return await AppendAsync([value], value, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<MessageId> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, ReadOnlyMemory<byte> awaited, CancellationToken cancellationToken)
    {
        var applied = _handler.ExpectOwn(awaited.Span);
        try
        {
            await AppendToBaseAsync(values, cancellationToken).ConfigureAwait(false);
            var (id, refusal) = await applied.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (refusal != Refusal.None) throw Refused(refusal);
            return id;
        }
        finally
        {
            _handler.ForgetOwn(awaited.Span);
        }
    }

    // While the base moves to other indexers what is not final is applied again, and for that moment we may be no writer.
    private async ValueTask AppendToBaseAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _base.AppendAsync(values, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Autobase.AutobaseException error) when (error.Code == "NOT_WRITABLE" && attempt < AttemptsMax)
            {
                if (State.Former.ContainsKey(Writer)) throw Refused(Refusal.NotAMember);
                await _base.UpdateAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private AppliedOp Try(RoomState state, Envelope envelope)
    {
        var next = state.Devices.TryGetValue(Writer, out var device) ? device.Length + 1 : ulong.MaxValue;
        var applied = RoomRules.Apply(state, new(Writer, next), new DecodedOp(envelope, Refusal.None, false));
        return applied.Refusal == Refusal.None ? applied : throw Refused(applied.Refusal);
    }

    private static ChatException Refused(Refusal refusal) => refusal switch
    {
        Refusal.NotAMember => new("NOT_A_MEMBER", "We are no member of this room."),
        Refusal.Muted => new("NOT_ALLOWED", "We were muted in this room."),
        Refusal.TooMany => new("NOT_ALLOWED", "That was more than one may write in a minute in this room. Wait a little."),
        Refusal.WrongTarget => new("NOT_ALLOWED", "It is not there, or not ours to change."),
        _ => new("NOT_ALLOWED", $"The room's rules refuse it: {refusal}."),
    };

    private ReadOnlyMemory<byte> Seal(Op op, SealingKey key) => Seal(op, key, out _);

    private ReadOnlyMemory<byte> Seal(Op op, SealingKey key, out Envelope envelope)
    {
        var now = _options.Clock.GetUtcNow();
        if (State.Devices.TryGetValue(Writer, out var device) && device.Clock > _clock) _clock = device.Clock;
        envelope = new(_clock = _clock.Next(now), op, key.IsStale ? OpFlags.BeforeRekey : OpFlags.None);
        return OpFrame.Seal(envelope, key.Id, key.Key, Id, Writer, _options.Random);
    }

    private byte[] SealContent(Content content, SealingKey key, ulong block) =>
        Sealing.Seal(ContentCodec.Encode(content), key.Id, key.Key, Id, ContentCodec.Place(_contents.Own.Key, block), _options.Random);

    private async ValueTask<(ulong Block, uint Size)> WriteContentAsync(Content content, SealingKey key, CancellationToken cancellationToken)
    {
        var block = _contents.Own.Length;
        var bytes = SealContent(content, key, block);
        await _contents.Own.AppendAsync(bytes, cancellationToken).ConfigureAwait(false);
        return (block, (uint)bytes.Length);
    }

    private void RequireMay(Capabilities needed)
    {
        if (Self is not { } self) throw Refused(Refusal.NotAMember);
        if (!self.Capabilities.HasFlag(needed)) throw Refused(Refusal.NotAllowed);
    }

    private static void RequireText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (System.Text.Encoding.UTF8.GetByteCount(text) > Draft.MaxText) throw new ChatException("TOO_LONG", $"A message has at most {Draft.MaxText / 1024} kB of text. Send it as a file.");
    }

    private static bool HasLinks(string text) => text.Contains("://", StringComparison.Ordinal);
}
