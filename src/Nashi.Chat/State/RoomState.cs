using System.Collections.Immutable;
using Nashi.Chat.Epochs;
using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>What a room is at one place of its log: members, roles, invitations, keys. Follows from the ops before it alone. Immutable.</summary>
public sealed record RoomState
{
    internal const int MaxMembers = 5_000;
    internal const int MaxDevices = 10_000;
    internal const int MaxInvites = 1_000;

    /// <summary>A room before its first op.</summary>
    internal static RoomState Empty(CoreKey id) => new() { Id = id };

    /// <summary>Which room: the key of its base.</summary>
    public required CoreKey Id { get; init; }

    /// <summary>The room's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Members, by who they are.</summary>
    public ImmutableDictionary<PublicKey, Member> Members { get; init; } = ImmutableDictionary<PublicKey, Member>.Empty;

    /// <summary>Invitations that are not revoked.</summary>
    public ImmutableDictionary<PublicKey, RoomInvite> Invites { get; init; } = ImmutableDictionary<PublicKey, RoomInvite>.Empty;

    /// <summary>How many ops a device may write in a minute; 0 for any number.</summary>
    public int OpsPerMinute { get; init; }

    /// <summary>How many more at once.</summary>
    public int Burst { get; init; }

    /// <summary>How many keys the room has had.</summary>
    public int EpochCount => Epochs.Length;

    /// <summary>Whether the room's key must change, as somebody who was removed has it.</summary>
    public bool IsKeyStale => Current is null;

    /// <summary>The cores of the devices that make the order final.</summary>
    public ImmutableSortedSet<CoreKey> Indexers { get; init; } = ImmutableSortedSet<CoreKey>.Empty.WithComparer(CoreKeyComparer.Instance);

    internal ImmutableDictionary<CoreKey, MemberDevice> Devices { get; init; } = ImmutableDictionary<CoreKey, MemberDevice>.Empty;

    internal ImmutableDictionary<CoreKey, FormerDevice> Former { get; init; } = ImmutableDictionary<CoreKey, FormerDevice>.Empty;

    internal ImmutableArray<EpochState> Epochs { get; init; } = [];

    /// <summary>Writers that were removed and that the base still has, as the last indexer can not go.</summary>
    internal ImmutableArray<CoreKey> Lingering { get; init; } = [];

    /// <summary>Where in the log the last snapshot was taken.</summary>
    internal ulong SnapshotAt { get; init; }

    internal bool IsCreated => !Members.IsEmpty;

    /// <summary>How many members and devices ever came: the next one's rank.</summary>
    internal ulong Arrivals { get; init; }

    /// <summary>The current key (R4): the last that is not stale; null when all are.</summary>
    internal EpochState? Current
    {
        get
        {
            for (var i = Epochs.Length - 1; i >= 0; i--)
            {
                if (!Epochs[i].IsStale) return Epochs[i];
            }

            return null;
        }
    }

    /// <summary>Whether a new key is needed: there is none that is not stale, or the current one lacks a device.</summary>
    internal bool NeedsRotation => IsCreated && (Current is not { } current || Devices.Values.Any(device => !current.Tags.Contains(KeyIds.Tag(device.Box, current.KeyId))));

    /// <summary>Who wrote an op, member or not any more.</summary>
    internal PublicKey? AuthorOf(CoreKey writer) =>
        Devices.TryGetValue(writer, out var device) ? device.Identity : Former.TryGetValue(writer, out var former) ? former.Identity : null;

    internal string NameOf(CoreKey writer) =>
        Devices.TryGetValue(writer, out var device) ? Members[device.Identity].Name : Former.TryGetValue(writer, out var former) ? former.Name : "";

    internal CoreKey? ContentOf(CoreKey writer) =>
        Devices.TryGetValue(writer, out var device) ? device.Content : Former.TryGetValue(writer, out var former) ? former.Content : null;

    /// <summary>Whether a removal that did not know of an op voids it (R5).</summary>
    internal bool IsVoid(MessageId op) => Former.TryGetValue(op.Writer, out var former) && op.Length > former.Cut && !Devices.ContainsKey(op.Writer);

    internal CoreKey? FilesOf(CoreKey writer) =>
        Devices.TryGetValue(writer, out var device) ? device.Files : Former.TryGetValue(writer, out var former) ? former.Files : null;

    internal EpochState? FindEpoch(ulong keyId)
    {
        for (var i = Epochs.Length - 1; i >= 0; i--)
        {
            if (Epochs[i].KeyId == keyId) return Epochs[i];
        }

        return null;
    }
}
