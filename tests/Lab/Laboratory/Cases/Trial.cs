using System.Text.Json.Serialization;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>One attempt of a client to reach a server, and what became of it.</summary>
internal sealed record Trial([property: JsonIgnore] TrialPlan Plan)
{
    public string Case => Plan.Case;

    public string Pair => Plan.Pairing.ToString();

    public string ServerKind => Plan.Server.Name;

    public string ClientKind => Plan.Client.Name;

    public bool IsRelayed => Plan.IsRelayed;

    public int Run => Plan.Run;

    [JsonIgnore]
    public Pairing Pairing => Plan.Pairing;

    [JsonIgnore]
    public SiteKind Server => Plan.Server;

    [JsonIgnore]
    public SiteKind Client => Plan.Client;

    /// <summary>Connected, echoed everything and said goodbye.</summary>
    public bool Ok { get; init; }

    /// <summary>Was open at a time, whatever came after.</summary>
    public bool Opened { get; init; }

    /// <summary>The relay was the first way and the direct path the last.</summary>
    public bool Moved { get; init; }

    public Way Way { get; init; }

    /// <summary>From the client's start until it knew the network.</summary>
    public double? BootMs { get; init; }

    /// <summary>From the call to an open connection.</summary>
    public double? OpenMs { get; init; }

    /// <summary>From the call to the first kibibyte that came back.</summary>
    public double? EchoMs { get; init; }

    public string? Error { get; init; }

    public double? ErrorMs { get; init; }

    public double? BulkMs { get; init; }

    public string? Details { get; init; }

    /// <summary>What the client told of its way there, with the milliseconds since its start.</summary>
    public string? Steps { get; init; }

    /// <summary>Opened, and lost before its work was done.</summary>
    [JsonIgnore]
    public bool Died => Opened && !Ok;
}
