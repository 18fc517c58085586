using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>Looks for instances on one link, remembers them, and finds out which have what is looked for. RFC 6762 §5, §7, §10; RFC 6763 §4.</summary>
/// <remarks>
/// Pure. Call any <c>Handle…</c> or <see cref="AddWant"/>, then <see cref="HandleTimeout"/> when <see cref="NextTimeout"/> has come; datagrams and
/// findings go to the given queues. Whatever strangers send, at most <see cref="LanOptions.MaxNeighbours"/> instances and
/// <see cref="MaxQuestions"/> questions are kept; who has something we look for is not pushed out by who has not.
/// </remarks>
internal sealed class Browser(Queue<LanDatagram> sends, Queue<LanEvent> events, LanInterests interests, LanOptions options, IRandom random)
{
    /// <summary>How many questions wait at once.</summary>
    public const int MaxQuestions = 512;

    private const int MaxRecordsPerMessage = 64;
    private const int MaxQuestionsPerMessage = 32;
    private const int MaxAskedPerNeighbour = 32;
    private const int MaxRefreshes = 4;
    private const int Tries = 5;
    private const uint MaxTimeToLive = 4500;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan WantingInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GoodbyeDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(DnsName Instance, UdpAddress Source), Neighbour> _neighbours = [];
    private readonly Dictionary<(DnsName Name, DnsType Type), PendingQuestion> _questions = [];
    private Instant _browseAt = Instant.Never;
    private Instant _browsedAt = Instant.Zero - IdleInterval;
    private TimeSpan _browseInterval = ShortestInterval;

    /// <summary>How many instances are known.</summary>
    public int Count => _neighbours.Count;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout
    {
        get
        {
            var next = _browseAt;
            foreach (var question in _questions.Values) next = Instant.Min(next, question.At);
            foreach (var neighbour in _neighbours.Values) next = Instant.Min(next, Instant.Min(neighbour.ExpiresAt, neighbour.RefreshAt));
            return next;
        }
    }

    /// <summary>Starts to browse, or starts over.</summary>
    public void Start(Instant now) => (_browseAt, _browseInterval) = (Instant.Min(_browseAt, now + ShortDelay()), ShortestInterval);

    /// <summary>Looks for one target more.</summary>
    public void AddWant(LanTarget target, Instant now)
    {
        foreach (var neighbour in _neighbours.Values)
        {
            if (neighbour.IsComplete) Match(neighbour, target, now);
        }

        if (now - _browsedAt > 5 * ShortestInterval) Start(now);
    }

    /// <summary>Somebody else asks: what it asks on behalf of all need not be asked by us (RFC 6762 §7.3).</summary>
    public void HandleQuery(DnsMessage query, Instant now)
    {
        if (query.IsTruncated || _browseAt == Instant.Never) return;
        if (!query.Questions.Any(question => question.Type == DnsType.Ptr && !question.WantsUnicast && question.Name.Equals(LanNames.Service))) return;
        var known = _neighbours.Values.Select(neighbour => neighbour.Instance).ToHashSet();
        if (query.Answers.All(answer => answer.Target is { } instance && known.Contains(instance))) HaveBrowsed(now);
    }

    /// <summary>Somebody tells of an instance that is not ours.</summary>
    public void HandleResponse(DnsMessage response, UdpAddress from, DnsName? own, Instant now)
    {
        var source = from.WithPort(0);
        var touched = new HashSet<Neighbour>();
        foreach (var record in response.Answers.Concat(response.Additionals).Take(MaxRecordsPerMessage))
        {
            var instance = InstanceOf(record);
            if (instance is null || instance.Equals(own)) continue;
            if (!instance.Equals(record.Name) && record.Type == DnsType.Txt) HandleTag(instance, source, record, now);
            else if (record.TimeToLive == 0) HandleGoodbye(instance, source, now);
            else if (GetOrAdd(instance, source, now) is { } neighbour && Take(neighbour, record, now)) touched.Add(neighbour);
        }

        foreach (var neighbour in touched) Consider(neighbour, now);
    }

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(Instant now)
    {
        foreach (var neighbour in _neighbours.Values.ToArray())
        {
            if (now >= neighbour.ExpiresAt) _neighbours.Remove((neighbour.Instance, neighbour.Source));
            else if (now >= neighbour.RefreshAt) Refresh(neighbour, now);
        }

        if (now >= _browseAt || _questions.Values.Any(question => now >= question.At)) Ask(now);
    }

    private static DnsName? InstanceOf(DnsRecord record) => record.Type switch
    {
        DnsType.Ptr when record.Name.Equals(LanNames.Service) && record.Target!.IsChildOf(LanNames.Service) => record.Target,
        DnsType.Srv or DnsType.Txt when record.Name.IsChildOf(LanNames.Service) => record.Name,
        DnsType.Txt when !record.Name.IsRoot && record.Name.Parent.IsChildOf(LanNames.Service) => record.Name.Parent,
        _ => null,
    };

    /// <returns>Whether there is something new about it.</returns>
    private bool Take(Neighbour neighbour, DnsRecord record, Instant now)
    {
        switch (record.Type)
        {
            case DnsType.Srv when record.Port != 0:
                var isOtherPort = neighbour.Port != record.Port;
                neighbour.Port = record.Port;
                Hear(neighbour, record, now);
                return isOtherPort;
            case DnsType.Txt when LanProfile.TryDecode(record.Data.Span) is { } profile:
                var isOther = neighbour.Profile?.SaysTheSameAs(profile) != true;
                if (isOther) neighbour.Asked.Clear();
                neighbour.Profile = profile;
                Hear(neighbour, record, now);
                return isOther || neighbour.Asked.Values.Any(asked => asked.IsListed && !asked.IsAnswered);
            default:
                // A pointer does not say that port and profile still hold.
                return !neighbour.IsComplete;
        }
    }

    private void Hear(Neighbour neighbour, DnsRecord record, Instant now)
    {
        (neighbour.HeardAt, neighbour.Refreshes) = (now, 0);
        neighbour.ExpiresAt = now + TimeSpan.FromSeconds(Math.Min(record.TimeToLive, MaxTimeToLive));
        ScheduleRefresh(neighbour);
    }

    // New, or with another profile.
    private void Consider(Neighbour neighbour, Instant now)
    {
        if (!neighbour.IsComplete)
        {
            AskFor(neighbour.Instance, DnsType.Any, ShortDelay(), Tries, now);
            return;
        }

        _questions.Remove((neighbour.Instance, DnsType.Any));
        events.Enqueue(new LanEvent(null, new LanPeer(null, neighbour.Address)));
        foreach (var want in interests.Wants) Match(neighbour, want, now);
    }

    private void Match(Neighbour neighbour, LanTarget want, Instant now)
    {
        var tag = LanTag.Of(want, neighbour.Profile!.Salt);
        var isListed = neighbour.Profile.Tags.Contains(tag);
        if (!isListed && !neighbour.Profile.HasMore) return;
        neighbour.IsMatched |= isListed;
        if (isListed && want.IsPeer) events.Enqueue(new LanEvent(want, new LanPeer(null, neighbour.Address)));
        else if (neighbour.Asked.TryGetValue(tag, out var asked) && asked.IsAnswered) Repeat(neighbour, asked);
        else if (isListed || neighbour.Asked.Count < MaxAskedPerNeighbour)
        {
            neighbour.Asked.TryAdd(tag, new AskedTag(want, isListed));
            AskFor(neighbour.Instance.Prepend(tag.ToString()), DnsType.Txt, TimeSpan.Zero, isListed ? Tries : 1, now);
        }
    }

    private void HandleTag(DnsName instance, UdpAddress source, DnsRecord record, Instant now)
    {
        if (record.TimeToLive == 0 || !LanTag.TryParse(record.Name.Label, out var tag)) return;
        if (!_neighbours.TryGetValue((instance, source), out var neighbour) || !neighbour.IsComplete || !neighbour.Asked.TryGetValue(tag, out var asked)) return;
        var keys = new List<PublicKey>();
        foreach (var sealedKey in SealedKeys.Decode(record.Data.Span))
        {
            if (LanSeal.TryOpen(asked.Target, neighbour.Profile!.Salt, neighbour.Instance.Wire, sealedKey, out var key)) keys.Add(key);
        }

        // Only an answer that proves to know the topic ends the question.
        if (keys.Count == 0 && !asked.Target.IsPeer) return;
        asked.IsAnswered = true;
        asked.Keys.Clear();
        asked.Keys.AddRange(keys);
        neighbour.IsMatched = true;
        _questions.Remove((record.Name, DnsType.Txt));
        Repeat(neighbour, asked);
    }

    private void Repeat(Neighbour neighbour, AskedTag asked)
    {
        if (asked.Target.IsPeer) events.Enqueue(new LanEvent(asked.Target, new LanPeer(null, neighbour.Address)));
        foreach (var key in asked.Keys) events.Enqueue(new LanEvent(asked.Target, new LanPeer(key, neighbour.Address)));
    }

    private void HandleGoodbye(DnsName instance, UdpAddress source, Instant now)
    {
        if (!_neighbours.TryGetValue((instance, source), out var neighbour)) return;
        neighbour.ExpiresAt = Instant.Min(neighbour.ExpiresAt, now + GoodbyeDelay);
        neighbour.RefreshAt = Instant.Never;
    }

    private Neighbour? GetOrAdd(DnsName instance, UdpAddress source, Instant now)
    {
        if (_neighbours.TryGetValue((instance, source), out var neighbour)) return neighbour;
        if (_neighbours.Keys.Count(key => key.Source == source) >= options.MaxNeighboursPerAddress) return null;
        if (_neighbours.Count >= options.MaxNeighbours && !MakeRoom()) return null;
        neighbour = new Neighbour(instance, source) { ExpiresAt = now + TimeSpan.FromSeconds(OwnService.TimeToLive) };
        _neighbours.Add((instance, source), neighbour);
        return neighbour;
    }

    // At random, so that a flood cannot choose who goes.
    private bool MakeRoom()
    {
        var others = _neighbours.Where(entry => !entry.Value.IsMatched).Select(entry => entry.Key).ToArray();
        return others.Length > 0 && _neighbours.Remove(others[random.Next(others.Length)]);
    }

    private void Refresh(Neighbour neighbour, Instant now)
    {
        AskFor(neighbour.Instance, DnsType.Any, TimeSpan.Zero, 1, now);
        neighbour.Refreshes++;
        ScheduleRefresh(neighbour);
    }

    // At 80, 85, 90 and 95 hundredths of its time and a bit, so that not all ask at once: RFC 6762 §5.2.
    private void ScheduleRefresh(Neighbour neighbour)
    {
        var share = 0.8 + (0.05 * neighbour.Refreshes) + (0.02 * random.NextDouble());
        neighbour.RefreshAt = neighbour.Refreshes < MaxRefreshes ? neighbour.HeardAt + ((neighbour.ExpiresAt - neighbour.HeardAt) * share) : Instant.Never;
    }

    private void AskFor(DnsName name, DnsType type, TimeSpan delay, int tries, Instant now)
    {
        if (_questions.Count >= MaxQuestions || _questions.ContainsKey((name, type))) return;
        _questions[(name, type)] = new PendingQuestion { At = now + delay, TriesLeft = tries };
    }

    private void Ask(Instant now)
    {
        var writer = new DnsWriter(isResponse: false);
        var isBrowsing = now >= _browseAt;
        if (isBrowsing) writer.TryAdd(new DnsQuestion(LanNames.Service, DnsType.Ptr));
        var room = MaxQuestionsPerMessage;
        foreach (var (key, question) in _questions.ToArray())
        {
            if (now < question.At || room-- <= 0) continue;
            if (!writer.TryAdd(new DnsQuestion(key.Name, key.Type))) break;
            question.At = now + question.Interval;
            question.Interval *= 2;
            if (--question.TriesLeft <= 0) _questions.Remove(key);
        }

        if (isBrowsing) writer = AddKnownAnswers(writer, now);
        sends.Enqueue(new LanDatagram(null, writer.Finish()));
        if (isBrowsing) HaveBrowsed(now);
    }

    private DnsWriter AddKnownAnswers(DnsWriter writer, Instant now)
    {
        foreach (var instance in _neighbours.Values.Where(neighbour => neighbour.IsComplete).GroupBy(neighbour => neighbour.Instance))
        {
            var left = (instance.Max(neighbour => neighbour.ExpiresAt) - now).TotalSeconds;
            if (left < OwnService.TimeToLive / 2.0) continue;
            var known = DnsRecord.Pointer(LanNames.Service, (uint)left, instance.Key);
            if (writer.TryAdd(DnsSection.Answer, known)) continue;
            sends.Enqueue(new LanDatagram(null, writer.Finish(isTruncated: true)));
            writer = new DnsWriter(isResponse: false);
            writer.TryAdd(DnsSection.Answer, known);
        }

        return writer;
    }

    private void HaveBrowsed(Instant now)
    {
        var longest = interests.WantCount > 0 ? WantingInterval : IdleInterval;
        _browsedAt = now;
        _browseAt = now + (_browseInterval * (1 + (0.1 * random.NextDouble())));
        _browseInterval = _browseInterval * 2 < longest ? _browseInterval * 2 : longest;
    }

    private TimeSpan ShortDelay() => TimeSpan.FromMilliseconds(20 + random.Next(100));
}
