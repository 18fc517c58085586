using System.Net;
using Nashi.Lan.Messages;
using Nashi.Lan.Protocol;

namespace Nashi.Fuzz;

/// <summary>Messages of multicast DNS as our own programs send them.</summary>
internal static class LanSeeds
{
    private static readonly DnsName s_instance = LanNames.Service.Prepend("instance");
    private static readonly DnsName s_host = DnsName.Of("host", "local");

    private static readonly LanProfile s_profile = new() { Salt = new byte[LanTag.SaltSize], Tags = new HashSet<LanTag> { new(1, 2), new(3, 4) }, HasMore = true };

    public static string[] Messages { get; } = [Hex(Announcement()), Hex(Query())];

    public static string[] Profiles { get; } = [Hex(s_profile.Encode()), Hex(SealedKeys.Encode([new byte[LanSeal.Size], new byte[LanSeal.Size]]))];

    private static byte[] Announcement()
    {
        var writer = new DnsWriter(isResponse: true);
        writer.TryAdd(DnsSection.Answer, DnsRecord.Pointer(LanNames.Service, 120, s_instance));
        writer.TryAdd(DnsSection.Answer, DnsRecord.Service(s_instance, 120, s_host, 4711));
        writer.TryAdd(DnsSection.Answer, DnsRecord.Text(s_instance, 120, s_profile.Encode()));
        writer.TryAdd(DnsSection.Additional, DnsRecord.Address(s_host, 120, IPAddress.Loopback));
        return writer.Finish();
    }

    private static byte[] Query()
    {
        var writer = new DnsWriter(isResponse: false);
        writer.TryAdd(new DnsQuestion(LanNames.Service, DnsType.Ptr));
        writer.TryAdd(new DnsQuestion(s_instance.Prepend("0123456789abcdef01234567"), DnsType.Txt, WantsUnicast: true));
        writer.TryAdd(DnsSection.Answer, DnsRecord.Pointer(LanNames.Service, 120, s_instance));
        return writer.Finish();
    }

    private static string Hex(byte[] bytes) => "hex:" + Convert.ToHexString(bytes);
}
