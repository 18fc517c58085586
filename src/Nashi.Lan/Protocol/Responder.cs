using Nashi.Datagrams;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>Announces our service on one link and answers questions about it. RFC 6762 §6 to §8, §10; RFC 6763 §12.</summary>
/// <remarks>
/// Pure. Call any <c>Handle…</c>, then <see cref="HandleTimeout"/> when <see cref="NextTimeout"/> has come; datagrams go to the given queue. A record is
/// sent to all at most once a second; what is asked for sooner waits for that. Names are 80 random bits, so they are not probed for before they are
/// announced; <see cref="LinkCore"/> takes new ones should they collide all the same.
/// </remarks>
internal sealed class Responder(Queue<LanDatagram> sends, IRandom random)
{
    private const int Announcements = 2;
    private const int MaxPendingTags = 256;
    private const int MaxUnicastsPerSecond = 20;
    private const uint LegacyTimeToLive = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HashSet<LanTag> _pendingTags = [];
    private readonly Dictionary<LanTag, Instant> _tagsSent = [];
    private readonly Dictionary<OwnRecords, Instant> _sent = [];
    private OwnService? _service;
    private OwnRecords _pending;
    private UdpAddress? _onlyAsker;
    private Instant _answerAt = Instant.Never;
    private Instant _announceAt = Instant.Never;
    private int _announcementsLeft;
    private Instant _unicastWindow;
    private int _unicasts;

    /// <summary>What is announced; null for nothing.</summary>
    public OwnService? Service => _service;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => Instant.Min(_answerAt, _announceAt);

    /// <summary>Announces something new, or that something has changed, or nothing any more.</summary>
    public void SetService(OwnService? service, Instant now)
    {
        if (_service is not null && !_service.Instance.Equals(service?.Instance)) SayGoodbye();
        _service = service;
        _announcementsLeft = service is null ? 0 : Announcements;
        _announceAt = service is null ? Instant.Never : Instant.Max(now + ShortDelay(), LastSent(OwnRecords.Text) + Second);
        if (service is null) Forget();
    }

    /// <summary>Tells everybody that we are gone.</summary>
    public void SayGoodbye()
    {
        if (_service is not { } service || _sent.Count == 0) return;
        var writer = new DnsWriter(isResponse: true);
        _ = writer.TryAdd(DnsSection.Answer, service.Pointer, 0) && writer.TryAdd(DnsSection.Answer, service.Service, 0) && writer.TryAdd(DnsSection.Answer, service.Text, 0);
        sends.Enqueue(new LanDatagram(null, writer.Finish()));
        Forget();
    }

    /// <summary>Somebody asks.</summary>
    /// <param name="query">What.</param>
    /// <param name="from">Who.</param>
    /// <param name="isLegacy">Whether it is a one-shot resolver, which does not listen to what is sent to all.</param>
    /// <param name="now">The present.</param>
    public void HandleQuery(DnsMessage query, UdpAddress from, bool isLegacy, Instant now)
    {
        if (_service is not { } service) return;
        var wanted = OwnRecords.None;
        var tags = new HashSet<LanTag>();
        var wantsUnicast = query.Questions.Count > 0;
        foreach (var question in query.Questions)
        {
            wanted |= WantedBy(question, service, tags);
            wantsUnicast &= question.WantsUnicast;
        }

        var isKnown = query.Answers.Any(answer => IsKnown(answer, service.Pointer));
        if (isKnown) wanted &= ~OwnRecords.Pointer;
        // The rest of a list of known answers too long for one message.
        if (isKnown && query.Questions.Count == 0 && _onlyAsker == from) _pending &= ~OwnRecords.Pointer;
        if (wanted == OwnRecords.None && tags.Count == 0) return;
        if (isLegacy) AnswerAlone(query, from, wanted, tags, true, now);
        else if (wantsUnicast && WasSentLately(wanted, tags, now)) AnswerAlone(query, from, wanted, tags, false, now);
        else AnswerAll(query, from, wanted, tags, now);
    }

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(Instant now)
    {
        if (now >= _announceAt) Announce(now);
        if (now >= _answerAt) Answer(now);
    }

    private static OwnRecords WantedBy(DnsQuestion question, OwnService service, HashSet<LanTag> tags)
    {
        var (name, type) = (question.Name, question.Type);
        if (name.Equals(LanNames.Service)) return type is DnsType.Ptr or DnsType.Any ? OwnRecords.Pointer : OwnRecords.None;
        if (name.Equals(LanNames.Services)) return type is DnsType.Ptr or DnsType.Any ? OwnRecords.Meta : OwnRecords.None;
        if (name.Equals(service.Host)) return type is DnsType.A or DnsType.Aaaa or DnsType.Any ? OwnRecords.Addresses : OwnRecords.None;
        if (name.Equals(service.Instance))
        {
            return type switch
            {
                DnsType.Srv => OwnRecords.Service,
                DnsType.Txt => OwnRecords.Text,
                DnsType.Any => OwnRecords.Service | OwnRecords.Text,
                _ => OwnRecords.None,
            };
        }

        if (type is DnsType.Txt or DnsType.Any && name.IsChildOf(service.Instance) && LanTag.TryParse(name.Label, out var tag) && service.Find(tag) is not null) tags.Add(tag);
        return OwnRecords.None;
    }

    // Half of the time left is enough: RFC 6762 §7.1.
    private static bool IsKnown(DnsRecord known, DnsRecord ours) => known.SaysTheSameAs(ours) && known.TimeToLive >= ours.TimeToLive / 2;

    private static IEnumerable<DnsRecord> RecordsOf(OwnService service, OwnRecords which)
    {
        if (which.HasFlag(OwnRecords.Meta)) yield return service.Meta;
        if (which.HasFlag(OwnRecords.Pointer)) yield return service.Pointer;
        if (which.HasFlag(OwnRecords.Service)) yield return service.Service;
        if (which.HasFlag(OwnRecords.Text)) yield return service.Text;
        if (!which.HasFlag(OwnRecords.Addresses)) yield break;
        foreach (var address in service.Addresses) yield return address;
    }

    // What a browser asks next: RFC 6763 §12.
    private static OwnRecords NextTo(OwnRecords answered)
    {
        var next = OwnRecords.None;
        if (answered.HasFlag(OwnRecords.Pointer)) next |= OwnRecords.Service | OwnRecords.Text | OwnRecords.Addresses;
        if (answered.HasFlag(OwnRecords.Service)) next |= OwnRecords.Addresses;
        return next & ~answered;
    }

    private void AnswerAll(DnsMessage query, UdpAddress from, OwnRecords wanted, HashSet<LanTag> tags, Instant now)
    {
        _onlyAsker = _answerAt == Instant.Never || _onlyAsker == from ? from : null;
        _pending |= wanted;
        foreach (var tag in tags.Where(_ => _pendingTags.Count < MaxPendingTags)) _pendingTags.Add(tag);
        var isShared = (wanted & (OwnRecords.Pointer | OwnRecords.Meta)) != OwnRecords.None;
        var delay = query.IsTruncated ? TimeSpan.FromMilliseconds(400 + random.Next(100)) : isShared ? ShortDelay() : TimeSpan.Zero;
        _answerAt = query.IsTruncated && _onlyAsker is not null ? now + delay : Instant.Min(_answerAt, now + delay);
    }

    private void AnswerAlone(DnsMessage query, UdpAddress from, OwnRecords wanted, HashSet<LanTag> tags, bool isLegacy, Instant now)
    {
        if (now - _unicastWindow >= Second) (_unicastWindow, _unicasts) = (now, 0);
        if (_unicasts++ >= MaxUnicastsPerSecond) return;
        var service = _service!;
        var writer = new DnsWriter(isResponse: true, isLegacy ? query.Id : (ushort)0);
        if (isLegacy) _ = query.Questions.All(writer.TryAdd);
        var timeToLive = isLegacy ? LegacyTimeToLive : OwnService.TimeToLive;
        var answers = RecordsOf(service, wanted).Concat(tags.Select(tag => service.Find(tag)!));
        foreach (var record in answers) writer.TryAdd(DnsSection.Answer, record, timeToLive, !isLegacy);
        foreach (var record in RecordsOf(service, NextTo(wanted))) writer.TryAdd(DnsSection.Additional, record, timeToLive, !isLegacy);
        sends.Enqueue(new LanDatagram(from, writer.Finish()));
    }

    private void Announce(Instant now)
    {
        const OwnRecords all = OwnRecords.Pointer | OwnRecords.Service | OwnRecords.Text | OwnRecords.Addresses;
        _announceAt = --_announcementsLeft > 0 ? now + Second : Instant.Never;
        var writer = new DnsWriter(isResponse: true);
        foreach (var record in RecordsOf(_service!, all)) writer.TryAdd(DnsSection.Answer, record);
        sends.Enqueue(new LanDatagram(null, writer.Finish()));
        Mark(all, now);
        _pending &= ~all;
    }

    private void Answer(Instant now)
    {
        var service = _service!;
        var due = OwnRecords.None;
        foreach (var (which, at) in _sent) due |= now - at < Second ? which : OwnRecords.None;
        due = _pending & ~due;
        var tags = _pendingTags.Where(tag => !_tagsSent.TryGetValue(tag, out var at) || now - at >= Second).ToList();
        var writer = new DnsWriter(isResponse: true);
        foreach (var record in RecordsOf(service, due)) writer.TryAdd(DnsSection.Answer, record);
        foreach (var tag in tags)
        {
            _pendingTags.Remove(tag);
            _tagsSent[tag] = now;
            if (service.Find(tag) is not { } record || writer.TryAdd(DnsSection.Answer, record)) continue;
            sends.Enqueue(new LanDatagram(null, writer.Finish()));
            writer = new DnsWriter(isResponse: true);
            writer.TryAdd(DnsSection.Answer, record);
        }

        foreach (var record in RecordsOf(service, NextTo(due))) writer.TryAdd(DnsSection.Additional, record);
        if (!writer.IsEmpty) sends.Enqueue(new LanDatagram(null, writer.Finish()));
        Mark(due, now);
        _pending &= ~due;
        Wait(now);
    }

    // What was sent less than a second ago comes as soon as it may.
    private void Wait(Instant now)
    {
        _answerAt = Instant.Never;
        foreach (var tag in _tagsSent.Where(entry => now - entry.Value >= Second).Select(entry => entry.Key).ToArray()) _tagsSent.Remove(tag);
        if (_pending == OwnRecords.None && _pendingTags.Count == 0)
        {
            _onlyAsker = null;
            return;
        }

        foreach (var (which, at) in _sent)
        {
            if ((_pending & which) != OwnRecords.None) _answerAt = Instant.Min(_answerAt, at + Second);
        }

        foreach (var tag in _pendingTags) _answerAt = Instant.Min(_answerAt, _tagsSent.TryGetValue(tag, out var at) ? at + Second : now);
    }

    private bool WasSentLately(OwnRecords wanted, HashSet<LanTag> tags, Instant now)
    {
        if (tags.Count > 0) return false;
        var lately = TimeSpan.FromSeconds(OwnService.TimeToLive / 4);
        foreach (var which in Enum.GetValues<OwnRecords>())
        {
            if (which != OwnRecords.None && wanted.HasFlag(which) && (!_sent.TryGetValue(which, out var at) || now - at > lately)) return false;
        }

        return true;
    }

    private Instant LastSent(OwnRecords which) => _sent.TryGetValue(which, out var at) ? at : Instant.Zero - Second;

    private void Mark(OwnRecords records, Instant now)
    {
        foreach (var which in Enum.GetValues<OwnRecords>())
        {
            if (which != OwnRecords.None && records.HasFlag(which)) _sent[which] = now;
        }
    }

    private void Forget()
    {
        _sent.Clear();
        _tagsSent.Clear();
        _pendingTags.Clear();
        (_pending, _onlyAsker, _answerAt) = (OwnRecords.None, null, Instant.Never);
    }

    private TimeSpan ShortDelay() => TimeSpan.FromMilliseconds(20 + random.Next(100));
}
