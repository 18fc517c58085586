using System.Globalization;
using System.Text;
using Nashi.BlindPeer;

namespace Nashi.Cli.BlindPeers;

/// <summary>A blind peer's numbers in the text format of Prometheus.</summary>
internal static class BlindPeerMetrics
{
    /// <summary>The media type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes them.</summary>
    public static string Write(BlindPeerStats stats)
    {
        var page = new StringBuilder();
        Gauge(page, "cores", "Cores that are kept", stats.Cores);
        Gauge(page, "open_cores", "Cores that are open now", stats.OpenCores);
        Gauge(page, "announced_cores", "Cores that are announced on the DHT", stats.AnnouncedCores);
        Gauge(page, "waiting_cores", "Cores that grew by more than there is room for", stats.WaitingCores);
        Gauge(page, "bytes_used", "Bytes of the quota that are taken", stats.BytesUsed);
        Gauge(page, "quota_bytes", "The quota", stats.Quota);
        Gauge(page, "connections", "Connections now", stats.Connections);
        Counter(page, "cores_requested_total", "Cores that clients asked for", stats.Requested);
        Counter(page, "cores_refused_total", "Cores that clients asked for in vain", stats.Refused);
        Counter(page, "cores_deleted_total", "Cores deleted on request", stats.Deleted);
        Counter(page, "cores_collected_total", "Cores whose blocks were given up to make room", stats.CoresCollected);
        Counter(page, "bytes_collected_total", "Bytes of blocks that were given up to make room", stats.BytesCollected);
        Counter(page, "wakeups_total", "News told to members of groups", stats.WakeupsSent);
        Counter(page, "storage_failures_total", "Times that the disk refused", stats.StorageFailures);
        return page.ToString();
    }

    private static void Gauge(StringBuilder page, string name, string help, decimal value) => Write(page, name, help, "gauge", value);

    private static void Counter(StringBuilder page, string name, string help, decimal value) => Write(page, name, help, "counter", value);

    private static void Write(StringBuilder page, string name, string help, string type, decimal value) => page
        .Append("# HELP nashi_blind_peer_").Append(name).Append(' ').Append(help).Append(".\n")
        .Append("# TYPE nashi_blind_peer_").Append(name).Append(' ').Append(type).Append('\n')
        .Append("nashi_blind_peer_").Append(name).Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
