using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Peers;

/// <summary>Who listens and who connects, written <c>server-client</c>: <c>ours-js</c> is our server and a client of the reference.</summary>
internal sealed record Pairing(Side Server, Side Client)
{
    public static readonly IReadOnlyList<Pairing> All = [.. new[] { "ours-ours", "ours-js", "js-ours", "js-js" }.Select(Parse)];

    public bool IsOurs => this is { Server: Side.Ours, Client: Side.Ours };

    public bool IsReference => this is { Server: Side.Js, Client: Side.Js };

    public static Pairing Parse(string text) => text.Split('-') is [var server, var client]
        && Enum.TryParse<Side>(server, ignoreCase: true, out var one) && Enum.TryParse<Side>(client, ignoreCase: true, out var other)
        ? new Pairing(one, other)
        : throw new LabException($"'{text}' is no pair (there are {string.Join(", ", All)})");

    public override string ToString() => $"{Server}-{Client}".ToLowerInvariant();
}
