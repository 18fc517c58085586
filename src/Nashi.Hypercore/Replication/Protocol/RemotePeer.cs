namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What we know of one peer of a core, and what is under way with it.</summary>
/// <remarks>Born when both sides opened the channel, dies when it closes. Owned by the <see cref="ReplicationEngine"/>.</remarks>
internal sealed class RemotePeer(object owner, bool seeks, RequestWindow window)
{
    private readonly Dictionary<ulong, Request> _requests = [];
    private ulong _nextId = 1;

    /// <summary>The channel, for the shell.</summary>
    public object Owner { get; } = owner;

    public bool Seeks { get; } = seeks;

    public RequestWindow Window { get; } = window;

    public RemoteBlocks Blocks { get; } = new();

    public RemoteWants Wants { get; } = new();

    // What the peer last said of itself.
    public bool IsSynced { get; set; }

    public SyncMessage Remote { get; set; } = new(0, 0, 0, false, true, true, false, false);

    /// <summary>The length of ours that it knows on our fork.</summary>
    public ulong LengthAcked { get; set; }

    // What we told it.
    public SyncMessage? SentSync { get; set; }

    public ulong AnnouncedContiguous { get; set; }

    /// <summary>We can extend it from its length to ours.</summary>
    public bool CanUpgrade { get; set; }

    public bool IsAskingCanUpgrade { get; set; }

    /// <summary>The last length (and fork) for which that was so: what it holds below is on our tree.</summary>
    public ulong UpgradableLength { get; set; }

    public ulong UpgradableFork { get; set; }

    /// <summary>Changes that it was not told yet.</summary>
    public List<RangeMessage> Changes { get; } = [];

    public bool IsRetellingWants { get; set; }

    /// <summary>Its channel takes no more for now: tell it nothing that can wait.</summary>
    public bool IsClogged { get; set; }

    /// <summary>Something is to be told or asked.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Windows that we want to hear of.</summary>
    public HashSet<ulong> Wanted { get; } = [];

    public Queue<ulong> WantedInOrder { get; } = new();

    /// <summary>Nothing is asked of it before.</summary>
    public Instant PausedUntil { get; set; } = Instant.Zero;

    /// <summary>When the probe for a conflict that it owes an answer to was sent.</summary>
    public Instant? ProbeSentAt { get; set; }

    public Instant LastAnswer { get; set; }

    public int InvalidAnswers { get; set; }

    public int InvalidRequests { get; set; }

    public int UnaskedAnswers { get; set; }

    public int Refusals { get; set; }

    /// <summary>Upgrades are not asked of it before its length or fork changes.</summary>
    public bool UpgradeRefused { get; set; }

    /// <summary>Its higher fork was not good; not asked for again before its length or fork changes.</summary>
    public bool ForkRefused { get; set; }

    public bool IsGone { get; set; }

    /// <summary>Ask it for whole paths: it does not answer in order.</summary>
    public bool IsExact => ShortenedFailures > 8;

    public int ShortenedFailures { get; set; }

    /// <summary>Answers in a row that came too late.</summary>
    public int Outdated { get; set; }

    /// <summary>Requests taken back whose answer may still come.</summary>
    public int Cancelled { get; set; }

    /// <summary>Where to look next in ranges that peers share.</summary>
    public Dictionary<RangeDemand, ulong> Cursors { get; } = [];

    public Request? Oldest { get; private set; }

    public Request? Newest { get; private set; }

    /// <summary>The last block request made.</summary>
    public Request? LastBlock { get; set; }

    public int UnderWay => _requests.Count;

    /// <summary>Answers being checked.</summary>
    public int Verifying { get; set; }

    public Request? Find(ulong id) => _requests.GetValueOrDefault(id);

    public Request Open(ulong fork, Instant now)
    {
        // Far apart, so that a late answer to a cancelled request can not be taken for another's.
        while (_requests.ContainsKey(_nextId)) Advance();
        var request = new Request(this, _nextId, fork, now);
        Advance();
        _requests.Add(request.Id, request);
        request.Older = Newest;
        if (Newest is not null) Newest.Newer = request;
        Newest = request;
        Oldest ??= request;
        return request;
    }

    /// <summary>It is not under way any more.</summary>
    public void Close(Request request)
    {
        if (!_requests.Remove(request.Id)) return;
        if (request.Older is null) Oldest = request.Newer;
        else request.Older.Newer = request.Newer;
        if (request.Newer is null) Newest = request.Older;
        else request.Newer.Older = request.Older;
        request.Older = request.Newer = null;
    }

    private void Advance() => _nextId = _nextId == 65000 ? 1 : _nextId + 1;
}
