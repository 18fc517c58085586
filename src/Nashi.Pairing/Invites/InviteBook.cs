using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>The invites a member gave out and who was admitted with them. Decides on requests; pure, with no I/O and no clock.</summary>
/// <remarks>
/// A request carries no time and can be replayed by whoever holds the invite, so an invite is refused once it expired or is used up, whatever a request
/// says; only an answer that may have been lost is given again, for <see cref="RepeatTime"/>. Keep the book with what it guards: a book restored from an
/// old copy admits again. Not thread-safe.
/// </remarks>
public sealed class InviteBook
{
    /// <summary>How long an admitted request gets its answer again.</summary>
    public static readonly TimeSpan RepeatTime = TimeSpan.FromMinutes(10);

    /// <summary>The longest grant, in bytes.</summary>
    public const int MaxGrant = 4096;

    /// <summary>How many invites a book holds.</summary>
    public const int MaxInvites = 100_000;

    private const byte Version = 1;
    private readonly Dictionary<Bytes32, Page> _pages = [];

    /// <summary>The invites, in no order.</summary>
    public IEnumerable<IssuedInvite> Invites => _pages.Values.Select(page => page.Invite);

    /// <summary>Remembers an invite. Idempotent; a second time changes its terms.</summary>
    /// <exception cref="ArgumentException">Its grant is too long or it admits nobody.</exception>
    /// <exception cref="InvalidOperationException">The book is full: remove invites that are over.</exception>
    public void Add(IssuedInvite invite)
    {
        ArgumentNullException.ThrowIfNull(invite);
        if (invite.Grant.Length > MaxGrant) throw new ArgumentException($"A grant has at most {MaxGrant} bytes.", nameof(invite));
        if (invite.MaxUses < 1) throw new ArgumentException("An invite admits at least one.", nameof(invite));
        if (_pages.TryGetValue(invite.Id, out var page)) page.Invite = invite;
        else if (_pages.Count >= MaxInvites) throw new InvalidOperationException("The book is full: remove invites that are over.");
        else _pages.Add(invite.Id, new Page(invite));
    }

    /// <summary>Forgets an invite: requests made with it meet silence from now on.</summary>
    public bool Remove(Bytes32 inviteId) => _pages.Remove(inviteId);

    /// <summary>The invite of a request; null when it is not in the book.</summary>
    public IssuedInvite? Find(Bytes32 inviteId) => _pages.GetValueOrDefault(inviteId)?.Invite;

    /// <summary>How many were admitted with an invite.</summary>
    public int UsesOf(Bytes32 inviteId) => _pages.GetValueOrDefault(inviteId)?.Uses.Count ?? 0;

    /// <summary>Opens a request and says what to do with it. Changes nothing: <see cref="Admit"/> does, once the admission is safe.</summary>
    public InviteVerdict Judge(MemberRequest request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_pages.TryGetValue(request.InviteId, out var page) || !request.TryOpen(page.Invite.PublicKey)) return InviteVerdict.Ignore;
        if (page.Invite.Expires is { } expires && now >= expires) return InviteVerdict.Expired;
        if (page.Uses.TryGetValue(request.Session, out var since)) return now - since < RepeatTime ? InviteVerdict.Repeat : InviteVerdict.Used;
        return page.Uses.Count >= (page.Invite.MaxUses ?? int.MaxValue) ? InviteVerdict.Used : InviteVerdict.Admit;
    }

    /// <summary>Notes that a request was admitted.</summary>
    public void Admit(MemberRequest request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_pages.TryGetValue(request.InviteId, out var page)) page.Uses.TryAdd(request.Session, now);
    }

    /// <summary>Reads a book that <see cref="Encode"/> wrote.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out InviteBook? book)
    {
        book = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version) return false;
        if (!reader.TryReadArrayLength(Bytes32.Size, out var count) || count > MaxInvites) return false;
        var read = new InviteBook();
        for (var i = 0; i < count; i++)
        {
            if (!TryReadPage(ref reader, out var page) || !read._pages.TryAdd(page.Invite.Id, page)) return false;
        }

        book = reader.IsEmpty ? read : null;
        return book is not null;
    }

    /// <summary>The book's bytes, to keep. Not secret, but who reads them learns how many were admitted and when.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(buffer);
        writer.WriteByte(Version);
        writer.WriteUInt((ulong)_pages.Count);
        foreach (var page in _pages.Values.OrderBy(page => page.Invite.PublicKey.Value)) WritePage(ref writer, page);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePage(ref CompactWriter writer, Page page)
    {
        writer.WriteFixed32(page.Invite.PublicKey.Value);
        writer.WriteUInt((ulong)(page.Invite.Expires?.ToUnixTimeMilliseconds() ?? 0));
        writer.WriteUInt((ulong)(page.Invite.MaxUses ?? 0));
        writer.WriteBuffer(page.Invite.Grant.Span);
        writer.WriteUInt((ulong)page.Uses.Count);
        foreach (var (session, since) in page.Uses.OrderBy(use => use.Key))
        {
            writer.WriteFixed32(session);
            writer.WriteUInt((ulong)since.ToUnixTimeMilliseconds());
        }
    }

    private static bool TryReadPage(ref CompactReader reader, [NotNullWhen(true)] out Page? page)
    {
        page = null;
        if (!reader.TryReadFixed32(out var key) || !TryReadTime(ref reader, out var expires) || !reader.TryReadInt32(out var maxUses)) return false;
        if (!reader.TryReadBuffer(MaxGrant, out var grant) || !reader.TryReadArrayLength(Bytes32.Size + 1, out var uses)) return false;
        page = new Page(new IssuedInvite { PublicKey = new PublicKey(key), Expires = expires, MaxUses = maxUses > 0 ? maxUses : null, Grant = grant.ToArray() });
        for (var i = 0; i < uses; i++)
        {
            if (!reader.TryReadFixed32(out var session) || !TryReadTime(ref reader, out var since) || !page.Uses.TryAdd(session, since ?? default)) return false;
        }

        return true;
    }

    private static bool TryReadTime(ref CompactReader reader, out DateTimeOffset? time)
    {
        time = null;
        if (!reader.TryReadUInt(out var milliseconds) || milliseconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return false;
        if (milliseconds > 0) time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return true;
    }

    private sealed class Page(IssuedInvite invite)
    {
        public IssuedInvite Invite { get; set; } = invite;

        public Dictionary<Bytes32, DateTimeOffset> Uses { get; } = [];
    }
}
