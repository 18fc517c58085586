using Nashi.Chat.Epochs;
using Nashi.Encoding;

namespace Nashi.Chat.Rooms;

/// <summary>What a gate asks of its room.</summary>
internal interface IGateKeeper
{
    RoomState State { get; }

    /// <summary>The core of our ops.</summary>
    CoreKey Writer { get; }

    /// <summary>Signs with the device's key.</summary>
    byte[] Sign(ReadOnlySpan<byte> message);

    /// <summary>The newest keys we have that are not stale, and the newest of all.</summary>
    IReadOnlyList<KeyValuePair<ulong, Bytes32>> ListKeys();

    /// <summary>A key that we have and nobody who was removed; null for any other.</summary>
    Bytes32? FindFreshKey(ulong keyId);

    IReadOnlyList<EpochRecord> ListRecords();

    void TakeRecord(EpochRecord record);

    void TakeHave(CoreKey writer, ulong length);

    /// <summary>Both sides let each other in: replication begins. Called on the connection's pump.</summary>
    void Enter(Gate gate);

    void Forget(Gate gate);
}
