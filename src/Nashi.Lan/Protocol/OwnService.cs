using System.Net;
using Nashi.Encoding;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>What we are on one link for some minutes: random names, a salt, and the records that say so. Immutable.</summary>
internal sealed class OwnService
{
    /// <summary>How long our records hold.</summary>
    public const uint TimeToLive = 120;

    private const int NameBytes = 10;
    private const int TagPadding = 4;

    // Tags that mean nothing; always the same ones, so that they do not stand out when others come and go.
    private readonly LanTag[] _padding;

    private OwnService(DnsName instance, DnsName host, byte[] salt, LanTag[] padding) => (Instance, Host, Salt, _padding) = (instance, host, salt, padding);

    /// <summary>The instance's name.</summary>
    public DnsName Instance { get; }

    /// <summary>The host's name, which is not the machine's.</summary>
    public DnsName Host { get; }

    /// <summary>The salt of all tags.</summary>
    public byte[] Salt { get; }

    /// <summary>Leads from the list of services to ours.</summary>
    public DnsRecord Meta { get; } = DnsRecord.Pointer(LanNames.Services, TimeToLive, LanNames.Service);

    /// <summary>Leads from the service to the instance.</summary>
    public DnsRecord Pointer { get; private init; } = null!;

    /// <summary>The port.</summary>
    public DnsRecord Service { get; private init; } = null!;

    /// <summary>The <see cref="LanProfile"/>.</summary>
    public DnsRecord Text { get; private init; } = null!;

    /// <summary>The addresses on this link.</summary>
    public IReadOnlyList<DnsRecord> Addresses { get; private init; } = [];

    private Dictionary<LanTag, DnsRecord> TagRecords { get; init; } = [];

    /// <summary>Chooses new names and a new salt.</summary>
    public static OwnService Create(LanInterests interests, IReadOnlyList<IPAddress> addresses, IRandom random)
    {
        var salt = new byte[LanTag.SaltSize];
        random.Fill(salt);
        var padding = new LanTag[TagPadding - 1];
        for (var i = 0; i < padding.Length; i++) padding[i] = new LanTag(random.NextUInt64(), random.NextUInt32());
        var names = new OwnService(LanNames.Service.Prepend(RandomLabel(random)), LanNames.Local.Prepend(RandomLabel(random)), salt, padding);
        return names.With(interests, addresses);
    }

    /// <summary>Keeps names and salt, and takes up what has changed.</summary>
    public OwnService With(LanInterests interests, IReadOnlyList<IPAddress> addresses)
    {
        var records = MakeTagRecords(interests);
        var tags = records.Keys.Take(LanProfile.MaxTags).ToHashSet();
        // How many there are is nobody's business either.
        for (var i = 0; tags.Count % TagPadding != 0; i++) tags.Add(_padding[i]);
        var profile = new LanProfile { Salt = Salt, Tags = tags, HasMore = records.Count > LanProfile.MaxTags };
        return new OwnService(Instance, Host, Salt, _padding)
        {
            Pointer = DnsRecord.Pointer(LanNames.Service, TimeToLive, Instance),
            Service = DnsRecord.Service(Instance, TimeToLive, Host, interests.Port),
            Text = DnsRecord.Text(Instance, TimeToLive, profile.Encode()),
            Addresses = [.. addresses.Select(address => DnsRecord.Address(Host, TimeToLive, address))],
            TagRecords = records,
        };
    }

    /// <summary>The record of a tag, if it is one of ours.</summary>
    public DnsRecord? Find(LanTag tag) => TagRecords.GetValueOrDefault(tag);

    private Dictionary<LanTag, DnsRecord> MakeTagRecords(LanInterests interests)
    {
        var records = new Dictionary<LanTag, DnsRecord>();
        foreach (var (target, keys) in interests.Offers)
        {
            var tag = LanTag.Of(target, Salt);
            var sealedKeys = target.IsPeer ? [] : keys.Distinct().Select(key => LanSeal.Seal(target, Salt, Instance.Wire, key));
            records[tag] = DnsRecord.Text(Instance.Prepend(tag.ToString()), TimeToLive, SealedKeys.Encode(sealedKeys));
        }

        return records;
    }

    private static string RandomLabel(IRandom random)
    {
        Span<byte> bytes = stackalloc byte[NameBytes];
        random.Fill(bytes);
        return ZBase32.Encode(bytes);
    }
}
