using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Where a side stands.</summary>
/// <param name="Fork">Its fork.</param>
/// <param name="Length">Its length.</param>
/// <param name="RemoteLength">The length it knows of the other side on that fork: an acknowledgement.</param>
/// <param name="CanUpgrade">It can extend the other side from the acknowledged length to its own.</param>
/// <param name="Uploading">It answers requests.</param>
/// <param name="Downloading">It wants to be kept connected.</param>
/// <param name="HasManifest">It can send the manifest.</param>
/// <param name="AllowPush">It takes blocks that it did not ask for.</param>
internal readonly record struct SyncMessage(
    ulong Fork, ulong Length, ulong RemoteLength, bool CanUpgrade, bool Uploading, bool Downloading, bool HasManifest, bool AllowPush)
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out SyncMessage message)
    {
        var reader = new CompactReader(bytes);
        var ok = reader.TryReadUInt(out var flags) & reader.TryReadUInt(out var fork) & reader.TryReadUInt(out var length) & reader.TryReadUInt(out var remoteLength);
        message = new(fork, length, remoteLength, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, (flags & 16) != 0);
        return ok;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Bit(CanUpgrade, 1) | Bit(Uploading, 2) | Bit(Downloading, 4) | Bit(HasManifest, 8) | Bit(AllowPush, 16));
        writer.WriteUInt(Fork);
        writer.WriteUInt(Length);
        writer.WriteUInt(RemoteLength);
    }

    private static ulong Bit(bool set, ulong flag) => set ? flag : 0;
}
