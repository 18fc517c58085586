using System.Text.Json;

namespace Nashi.Laboratory.Peers;

/// <summary>One line of a peer, and when it came on the laboratory's clock.</summary>
internal sealed record PeerEvent(string Name, JsonElement Fields, TimeSpan At)
{
    /// <summary>The name of the event that a peer's end makes.</summary>
    public const string Ended = "ended";

    public string? Text(string field) => Fields.ValueKind == JsonValueKind.Object && Fields.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null
        ? value.ToString()
        : null;

    public double? Number(string field) => Fields.ValueKind == JsonValueKind.Object && Fields.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : null;

    /// <summary>A code that says why, or the words.</summary>
    public string Reason => Text("code") ?? Text("message") ?? Name;
}
