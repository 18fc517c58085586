using Nashi.Encoding;

namespace Nashi.BlindPeer.Server;

/// <summary>How a <see cref="HostRecord"/> is kept on the disk: version 1, then what it is. Its key is the core's.</summary>
internal static class HostRecordCodec
{
    private const ulong Version = 1;

    public static byte[] Encode(HostRecord record)
    {
        var bytes = new byte[160 + (record.Owners.Count * Bytes32.Size)];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(Version);
        writer.WriteUInt((record.Referrer is null ? 0UL : 1) | (record.Announce ? 2UL : 0) | (record.HasManyOwners ? 4UL : 0) | (record.IsStrangers ? 8UL : 0));
        if (record.Referrer is { } referrer) writer.WriteFixed32(referrer.Value);
        ReadOnlySpan<ulong> numbers =
        [
            (ulong)record.Priority, (ulong)record.Added, (ulong)record.Updated, (ulong)record.Active,
            record.Length, record.Bytes, record.BlocksCleared, record.BytesCleared, (ulong)record.Owners.Count,
        ];
        foreach (var number in numbers) writer.WriteUInt(number);
        foreach (var owner in record.Owners) writer.WriteFixed32(owner.Value);
        return bytes[..writer.Written];
    }

    public static bool TryDecode(CoreKey key, ReadOnlySpan<byte> bytes, out HostRecord record)
    {
        record = null!;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var version) || version != Version || !reader.TryReadUInt(out var flags)) return false;
        Bytes32 referrer = default;
        if ((flags & 1) != 0 && !reader.TryReadFixed32(out referrer)) return false;
        Span<ulong> numbers = stackalloc ulong[9];
        foreach (ref var number in numbers)
        {
            if (!reader.TryReadUInt(out number)) return false;
        }

        if (numbers[0] > HostPolicy.TopPriority || numbers[8] > HostRecord.MaxOwners || numbers[6] > numbers[4] || numbers[7] > numbers[5]) return false;
        var owners = new List<PublicKey>((int)numbers[8]);
        while (owners.Count < (int)numbers[8])
        {
            if (!reader.TryReadFixed32(out var owner)) return false;
            owners.Add(new PublicKey(owner));
        }

        record = new HostRecord(key)
        {
            Referrer = (flags & 1) != 0 ? new CoreKey(referrer) : null,
            Announce = (flags & 2) != 0,
            HasManyOwners = (flags & 4) != 0,
            IsStrangers = (flags & 8) != 0,
            Priority = (int)numbers[0],
            Added = (long)numbers[1],
            Updated = (long)numbers[2],
            Active = (long)numbers[3],
            Length = numbers[4],
            Bytes = numbers[5],
            BlocksCleared = numbers[6],
            BytesCleared = numbers[7],
            ClaimedLength = numbers[4],
            ClaimedBytes = numbers[5],
            Owners = owners,
        };
        return true;
    }
}
