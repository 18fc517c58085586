using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.BlindPeer.Server;

/// <summary>Decides what a blind peer keeps: who may ask, how much there is room for, and what is given up. No I/O, no clock; not thread-safe.</summary>
/// <remarks>
/// Invariants: the costs of all records together are at most the quota, since room is taken before a block is asked for; nothing is given up unless that
/// makes enough room; a core never takes the room of one that ranks higher; and a core that waits is looked at again whenever room comes.
/// </remarks>
internal sealed class HostPolicy(BlindPeerLimits limits)
{
    /// <summary>The highest priority; it takes trust.</summary>
    public const int TopPriority = 2;

    // A record is not written for every use of its core.
    private const long ActivityStep = 60_000;

    private readonly Dictionary<CoreKey, HostRecord> _records = [];
    private readonly Dictionary<DiscoveryKey, HostRecord> _byDiscoveryKey = [];
    private readonly Dictionary<DiscoveryKey, (CoreKey Key, HashSet<HostRecord> Members)> _referrers = [];
    private readonly Dictionary<PublicKey, (int Cores, long Cost, long Clearing)> _owners = [];
    private readonly SortedSet<HostRecord> _clearable = new(RankComparer.Instance);
    private readonly SortedSet<HostRecord> _empty = new(RankComparer.Instance);
    private readonly HashSet<HostRecord> _waiting = [];
    private readonly Queue<HostAction> _actions = [];
    private readonly HashSet<CoreKey> _unsaved = [];
    private long _clearing;

    /// <summary>What all cores take of the quota.</summary>
    public long Used { get; private set; }

    /// <summary>How many cores are kept.</summary>
    public int Count => _records.Count;

    /// <summary>How many cores wait for room.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>How many bytes were given up to make room.</summary>
    public ulong BytesCollected { get; private set; }

    public IEnumerable<HostRecord> Records => _records.Values;

    private long StrangerQuota => limits.Quota / 100 * limits.StrangerPercent;

    /// <summary>Takes over a record of an earlier run.</summary>
    public void Load(HostRecord record)
    {
        if (!_records.TryAdd(record.Key, record)) return;
        Index(record);
        Used += record.Cost;
    }

    public HostRecord? Find(CoreKey key) => _records.GetValueOrDefault(key);

    public HostRecord? Find(DiscoveryKey discoveryKey) => _byDiscoveryKey.GetValueOrDefault(discoveryKey);

    /// <summary>The key of a wake-up topic that cores belong to.</summary>
    public CoreKey? FindReferrer(DiscoveryKey topic) => _referrers.TryGetValue(topic, out var found) ? found.Key : null;

    /// <summary>The cores of a wake-up topic, those that grew last first.</summary>
    public IEnumerable<HostRecord> Latest(DiscoveryKey topic, int count) =>
        _referrers.TryGetValue(topic, out var found) ? found.Members.OrderByDescending(static record => record.Updated).Take(count) : [];

    /// <summary>The next thing to do.</summary>
    public bool TryTake([NotNullWhen(true)] out HostAction? action)
    {
        if (!_actions.TryDequeue(out action)) return false;
        if (action is HostAction.Save save) _ = _unsaved.Remove(save.Key);
        return true;
    }

    /// <summary>A client asks that a core be kept.</summary>
    public HostRefusal Add(PublicKey client, Standing standing, HostWish wish, long now)
    {
        if (standing == Standing.Refused) return HostRefusal.NotAllowed;
        var priority = (int)Math.Min(wish.Priority, standing == Standing.Trusted ? TopPriority : TopPriority - 1UL);
        var announce = wish.Announce && standing == Standing.Trusted;
        if (_records.TryGetValue(wish.Key, out var record))
        {
            Change(record, () =>
            {
                AddOwner(record, client);
                record.Priority = Math.Max(priority, record.Priority);
                record.Announce |= announce;
                record.Referrer ??= wish.Referrer;
                record.Active = Math.Max(record.Active, now);
            });
            Reconsider(record);
            return HostRefusal.None;
        }

        if (standing == Standing.Stranger && _owners.GetValueOrDefault(client).Cores >= limits.MaxCoresPerStranger) return HostRefusal.TooManyCores;
        if (!TryMakePlace()) return HostRefusal.Full;
        Load(new HostRecord(wish.Key)
        {
            Referrer = wish.Referrer,
            Priority = priority,
            Announce = announce,
            Owners = [client],
            IsStrangers = standing == Standing.Stranger,
            Added = now,
            Updated = now,
            Active = now,
        });
        SaveSoon(wish.Key);
        return HostRefusal.None;
    }

    /// <summary>A core has this length and these bytes now, by its writer's signature: makes room for them, or has it wait.</summary>
    public void Claim(CoreKey key, ulong length, ulong bytes, long now)
    {
        if (!_records.TryGetValue(key, out var record) || (record.ClaimedLength == length && record.ClaimedBytes == bytes && record.Length == length)) return;
        (record.ClaimedLength, record.ClaimedBytes) = (length, bytes);
        Change(record, () => record.Active = Math.Max(record.Active, now));
        record.Updated = now;
        Grant(record);
    }

    /// <summary>A core was opened: what there is room for may be downloaded.</summary>
    public void Resume(CoreKey key)
    {
        if (_records.TryGetValue(key, out var record) && !record.IsClearing) DownloadSoon(record);
    }

    /// <summary>Somebody uses a core.</summary>
    public void Touch(CoreKey key, long now)
    {
        if (!_records.TryGetValue(key, out var record) || now - record.Active < ActivityStep) return;
        Change(record, () => record.Active = now);
        SaveSoon(key);
        Reconsider(record);
    }

    /// <summary>The blocks of a core up to what could be stored are gone.</summary>
    public void HandleCleared(CoreKey key)
    {
        if (!_records.TryGetValue(key, out var record) || !record.IsClearing) return;
        _clearing -= record.Cost;
        BytesCollected += record.BytesAllocated;
        Change(record, () =>
        {
            record.IsClearing = false;
            (record.BlocksCleared, record.BytesCleared) = (record.Length, record.Bytes);
        });
        SaveSoon(key);
        Reconsider(record);
        UseRoom();
    }

    /// <summary>A client asks to give a core up: it may when it is trusted, or nobody else asked for it. Who asked takes only its own asking back.</summary>
    public HostRefusal Delete(PublicKey client, Standing standing, CoreKey key)
    {
        if (!_records.TryGetValue(key, out var record)) return HostRefusal.Unknown;
        if (standing != Standing.Trusted)
        {
            if (record.HasManyOwners || !record.Owners.Contains(client)) return HostRefusal.NotOwner;
            if (record.Owners.Count > 1)
            {
                Change(record, () => record.Owners.Remove(client));
                SaveSoon(key);
                return HostRefusal.None;
            }
        }

        Remove(record);
        UseRoom();
        return HostRefusal.None;
    }

    // Room is taken here, before a block is asked for.
    private void Grant(HostRecord record)
    {
        if (record.IsClearing)
        {
            Wait(record);
            return;
        }

        if (record.ClaimedLength < record.BlocksCleared)
        {
            // It was cut below what was given up: there is nothing of that any more.
            Change(record, () => (record.BlocksCleared, record.BytesCleared, record.Length, record.Bytes) = (record.ClaimedLength, record.ClaimedBytes, record.ClaimedLength, record.ClaimedBytes));
            Finish(record);
            return;
        }

        if (record.ClaimedBytes < record.BytesCleared)
        {
            Wait(record);
            return;
        }

        var need = record.CostOf(record.ClaimedLength, record.ClaimedBytes) - record.Cost;
        var (used, clearing) = ShareOf(record);
        if (used + need > StrangerQuota)
        {
            Wait(record);
            MakeRoom(record, used - clearing + need - StrangerQuota, record.Owners[0]);
            return;
        }

        if (Used + need <= limits.Quota)
        {
            Change(record, () => (record.Length, record.Bytes) = (record.ClaimedLength, record.ClaimedBytes));
            Finish(record);
            return;
        }

        Wait(record);
        MakeRoom(record, Used - _clearing + need - limits.Quota, null);
    }

    private void Finish(HostRecord record)
    {
        record.IsWaiting = false;
        _ = _waiting.Remove(record);
        SaveSoon(record.Key);
        DownloadSoon(record);
    }

    private void DownloadSoon(HostRecord record)
    {
        if (record.Length > record.BlocksCleared) _actions.Enqueue(new HostAction.Download(record.Key, record.BlocksCleared, record.Length));
    }

    private void Wait(HostRecord record)
    {
        record.IsWaiting = true;
        _ = _waiting.Add(record);
    }

    // All or nothing: what does not make enough room is not given up in vain. Its own older blocks come last. A stranger beyond its share makes room with its own.
    private void MakeRoom(HostRecord record, long missing, PublicKey? payer)
    {
        if (missing <= 0) return;
        List<HostRecord> given = [];
        foreach (var candidate in _clearable)
        {
            if (missing <= 0 || RankComparer.Instance.Compare(candidate, record) > 0) break;
            if (candidate == record || candidate.IsClearing || (payer is not null && PayerOf(candidate) != payer)) continue;
            given.Add(candidate);
            missing -= candidate.Cost;
        }

        if (missing > 0 && record.Cost > 0)
        {
            given.Add(record);
            missing -= record.Cost;
        }

        if (missing > 0) return;
        foreach (var victim in given)
        {
            Change(victim, () => victim.IsClearing = true);
            _clearing += victim.Cost;
            _actions.Enqueue(new HostAction.Clear(victim.Key));
        }
    }

    private (long Used, long Clearing) ShareOf(HostRecord record)
    {
        if (!record.IsStrangers || PayerOf(record) is not { } payer) return (long.MinValue / 2, 0);
        var (_, used, clearing) = _owners.GetValueOrDefault(payer);
        return (used, clearing);
    }

    // Who asked first.
    private static PublicKey? PayerOf(HostRecord record) => record.Owners.Count > 0 ? record.Owners[0] : null;

    private void Reconsider(HostRecord record)
    {
        if (record.IsWaiting) Grant(record);
    }

    private void UseRoom()
    {
        foreach (var record in _waiting.OrderByDescending(static record => record, RankComparer.Instance).ToArray())
        {
            if (_waiting.Contains(record)) Grant(record);
        }
    }

    private bool TryMakePlace()
    {
        if (_records.Count < limits.MaxCores) return true;
        if (_empty.Min is not { Announce: false } oldest) return false;
        Remove(oldest);
        return true;
    }

    private void Remove(HostRecord record)
    {
        if (record.IsClearing) _clearing -= record.Cost;
        Unindex(record);
        Used -= record.Cost;
        _ = _records.Remove(record.Key);
        _ = _waiting.Remove(record);
        _actions.Enqueue(new HostAction.Remove(record.Key));
    }

    private static void AddOwner(HostRecord record, PublicKey client)
    {
        if (record.Owners.Contains(client)) return;
        if (record.Owners.Count < HostRecord.MaxOwners) record.Owners.Add(client);
        else record.HasManyOwners = true;
    }

    private void SaveSoon(CoreKey key)
    {
        if (_unsaved.Add(key)) _actions.Enqueue(new HostAction.Save(key));
    }

    // The sorted sets and sums know records by what changes.
    private void Change(HostRecord record, Action change)
    {
        Unindex(record);
        Used -= record.Cost;
        change();
        Index(record);
        Used += record.Cost;
    }

    private void Index(HostRecord record)
    {
        _byDiscoveryKey[record.DiscoveryKey] = record;
        _ = record.Cost > 0 ? _clearable.Add(record) : _empty.Add(record);
        if (record.Referrer is { } referrer)
        {
            var topic = referrer.ToDiscoveryKey();
            if (!_referrers.TryGetValue(topic, out var group)) _referrers.Add(topic, group = (referrer, []));
            _ = group.Members.Add(record);
        }

        Charge(record, 1);
    }

    private void Unindex(HostRecord record)
    {
        _ = _byDiscoveryKey.Remove(record.DiscoveryKey);
        _ = _clearable.Remove(record);
        _ = _empty.Remove(record);
        if (record.Referrer is { } referrer && referrer.ToDiscoveryKey() is var topic && _referrers.TryGetValue(topic, out var group))
        {
            _ = group.Members.Remove(record);
            if (group.Members.Count == 0) _ = _referrers.Remove(topic);
        }

        Charge(record, -1);
    }

    private void Charge(HostRecord record, int sign)
    {
        if (PayerOf(record) is not { } payer) return;
        var (cores, cost, clearing) = _owners.GetValueOrDefault(payer);
        var sum = (Cores: cores + sign, cost + (sign * record.Cost), clearing + (record.IsClearing ? sign * record.Cost : 0));
        if (sum.Cores == 0) _ = _owners.Remove(payer);
        else _owners[payer] = sum;
    }
}
