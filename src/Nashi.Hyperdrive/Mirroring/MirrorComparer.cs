using System.Text.Json;

namespace Nashi.Hyperdrive.Mirroring;

/// <summary>Compares files of the source with those of the destination, by content.</summary>
internal sealed class MirrorComparer(IDrive source, IDrive destination, MirrorOptions options)
{
    // Files up to this size are read once: compared, and written from memory.
    private const ulong MaxHeld = 1024 * 1024;

    public async Task<MirrorWork> CompareAsync(DriveEntry entry, CancellationToken cancellationToken)
    {
        var other = await destination.GetEntryAsync(entry.Path, follow: false, cancellationToken).ConfigureAwait(false);
        if (entry.IsLink || other is { IsLink: true })
        {
            var isSame = other is not null && entry.LinkName == other.LinkName;
            return await WorkAsync(entry, other, isSame ? MirrorResult.Same : MirrorResult.Different, null, cancellationToken).ConfigureAwait(false);
        }

        var size = await source.GetByteLengthAsync(entry, cancellationToken).ConfigureAwait(false);
        var otherSize = other is null ? 0 : await destination.GetByteLengthAsync(other, cancellationToken).ConfigureAwait(false);
        var content = size <= MaxHeld ? await HoldAsync(entry, (int)size, cancellationToken).ConfigureAwait(false) : null;
        if (other is null || (size != otherSize && options.Transformers.Count == 0)) return new MirrorWork(entry, other, MirrorResult.Different, content, size, otherSize);
        if (!await HasSameContentAsync(entry, other, content, cancellationToken).ConfigureAwait(false)) return new MirrorWork(entry, other, MirrorResult.Different, content, size, otherSize);
        return HasSameAttributes(entry, other)
            ? new MirrorWork(entry, other, MirrorResult.Same, null, 0, 0)
            : new MirrorWork(entry, other, MirrorResult.OnlyAttributes, content, 0, 0);
    }

    /// <summary>The content to write: what the source has, transformed.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(DriveEntry entry, CancellationToken cancellationToken)
    {
        var content = source.ReadAsync(entry, ByteRange.All, cancellationToken);
        foreach (var transformer in options.Transformers) content = transformer(entry.Path, content);
        return content;
    }

    private async Task<MirrorWork> WorkAsync(DriveEntry entry, DriveEntry? other, MirrorResult result, ReadOnlyMemory<byte>? content, CancellationToken cancellationToken)
    {
        if (result == MirrorResult.Same) return new MirrorWork(entry, other, result, null, 0, 0);
        var added = await source.GetByteLengthAsync(entry, cancellationToken).ConfigureAwait(false);
        var removed = other is null ? 0 : await destination.GetByteLengthAsync(other, cancellationToken).ConfigureAwait(false);
        return new MirrorWork(entry, other, result, content, added, removed);
    }

    private async Task<ReadOnlyMemory<byte>?> HoldAsync(DriveEntry entry, int size, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? first = null;
        MemoryStream? all = null;
        await foreach (var chunk in ReadAsync(entry, cancellationToken).ConfigureAwait(false))
        {
            if (first is null)
            {
                first = chunk;
                continue;
            }

            if (all is null) (all = new MemoryStream(size)).Write(first.Value.Span);
            all.Write(chunk.Span);
        }

        return all is null ? first ?? ReadOnlyMemory<byte>.Empty : all.GetBuffer().AsMemory(0, (int)all.Length);
    }

    private async Task<bool> HasSameContentAsync(DriveEntry entry, DriveEntry other, ReadOnlyMemory<byte>? content, CancellationToken cancellationToken)
    {
        var theirs = destination.ReadAsync(other, ByteRange.All, cancellationToken);
        if (content is not { } held) return await AreEqualAsync(ReadAsync(entry, cancellationToken), theirs, cancellationToken).ConfigureAwait(false);
        await foreach (var chunk in theirs.ConfigureAwait(false))
        {
            if (chunk.Length > held.Length || !held.Span[..chunk.Length].SequenceEqual(chunk.Span)) return false;
            held = held[chunk.Length..];
        }

        return held.IsEmpty;
    }

    private static async Task<bool> AreEqualAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> ours, IAsyncEnumerable<ReadOnlyMemory<byte>> theirs, CancellationToken cancellationToken)
    {
        var a = ours.GetAsyncEnumerator(cancellationToken);
        await using var endA = a.ConfigureAwait(false);
        var b = theirs.GetAsyncEnumerator(cancellationToken);
        await using var endB = b.ConfigureAwait(false);
        ReadOnlyMemory<byte> left = default, right = default;
        while (true)
        {
            if (left.IsEmpty) left = await a.MoveNextAsync().ConfigureAwait(false) ? a.Current : default;
            if (right.IsEmpty) right = await b.MoveNextAsync().ConfigureAwait(false) ? b.Current : default;
            if (left.IsEmpty || right.IsEmpty) return left.IsEmpty && right.IsEmpty;
            var length = Math.Min(left.Length, right.Length);
            if (!left.Span[..length].SequenceEqual(right.Span[..length])) return false;
            (left, right) = (left[length..], right[length..]);
        }
    }

    private bool HasSameAttributes(DriveEntry entry, DriveEntry other)
    {
        if (options.KeepExecutable && entry.IsExecutable != other.IsExecutable) return false;
        if (!source.SupportsMetadata || !destination.SupportsMetadata) return true;
        if (options.MetadataEqual is { } equal) return equal(entry.Metadata, other.Metadata);
        if (entry.Metadata is null || other.Metadata is null) return entry.Metadata is null && other.Metadata is null;
        return JsonElement.DeepEquals(entry.Metadata.Value, other.Metadata.Value);
    }
}
