using System.Text.Json.Serialization;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>Which way the bytes of a connection went, as the links saw it.</summary>
internal enum Way
{
    None,
    Direct,
    Relay,
    Hairpin,
    Lan,
}

/// <summary>One attempt of a client to reach a server, and what became of it.</summary>
internal sealed record Trial
{
    public required string Case { get; init; }

    [JsonIgnore]
    public required Pairing Pairing { get; init; }

    [JsonIgnore]
    public required SiteKind Server { get; init; }

    [JsonIgnore]
    public required SiteKind Client { get; init; }

    public required int Run { get; init; }

    public string Pair => Pairing.ToString();

    public string ServerKind => Server.Name;

    public string ClientKind => Client.Name;

    public bool IsRelayed { get; init; }

    /// <summary>Connected, echoed everything and said goodbye.</summary>
    public bool Ok { get; init; }

    /// <summary>Was open at a time, whatever came after.</summary>
    public bool Opened { get; init; }

    /// <summary>The relay was the first way and the direct path the last.</summary>
    public bool Moved { get; init; }

    public Way Way { get; init; }

    public double? OpenMs { get; init; }

    public string? Error { get; init; }

    public double? ErrorMs { get; init; }

    public double? BulkMs { get; init; }

    public string? Details { get; init; }

    /// <summary>Opened, and lost before its work was done.</summary>
    [JsonIgnore]
    public bool Died => Opened && !Ok;
}
