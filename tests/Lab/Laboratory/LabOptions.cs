using System.Globalization;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory;

/// <summary>What the command line asks for.</summary>
internal sealed record LabOptions
{
    public static readonly IReadOnlyList<string> Cases = ["check", "matrix", "relay", "home", "ladder", "resilience", "goodput", "offline", "chat"];

    public const string Help = """
        tests/Lab/run [case]... [--option=value]...     a laboratory of NATs and bad links; needs root

        check        prove that routers and links are what they are called
        matrix       N1: every kind of server site with every kind of client site
        relay        N2: the same with a relay offered to both; a connection that moved to the direct path must live on
        home         N3: both behind one router, or behind one carrier
        ladder       N4: worse and worse uplinks
        resilience   N5: rebinding routers, black-outs, a suspended process, a smaller MTU
        goodput      N6: one raw UDX stream over loss and delay, and over hostile links
        offline      N7: no UDP, no network, and the network back
        chat         three members of a room behind routers: files, a day away, a creator who is gone, a member who is removed
        all          everything, in this order; without a case: check and matrix

        --pairs=LIST     who serves and who connects, of ours-ours, ours-js, js-ours, js-js (default: the first three; with goodput, resilience and ladder also js-js)
        --kinds=LIST     kinds of sites, of open, fw, fullcone, addr, port, linux, sym, noudp, home/carrier, +hairpin, +isolate (default: the ten of the matrix)
        --sites=LIST     only these pairs of sites, server:client
        --only=TEXT      only rows with this in their name (home, ladder, resilience, goodput, offline)
        --runs=N         repeat everything (default 1)
        --parallel=N     attempts at a time (default 2)
        --seconds=N      how long one goodput measurement sends (default 6)
        --settle=MS      with a relay: between opening and the bulk (default 6000)
        --dht=SIDE       whose DHT nodes: js (default where installed) or ours
        --relay-by=SIDE  whose relay (default ours)
        --peer=PROGRAM   our peer (default tests/Lab/peer)
        --json=FILE      every attempt and every goal
        --record=PAGE    what was typed and said in the case chat, between the marks of a page
        --steps          also what our clients tell of their way
        --quiet          only what failed, and the tables

        Exit code: 0 all goals met, 1 some not, 2 no laboratory here, 64 a wrong option.
        """;

    public IReadOnlyList<string> Chosen { get; init; } = ["check", "matrix"];

    public IReadOnlyList<Pairing>? ChosenPairings { get; init; }

    public IReadOnlyList<Pairing> Pairings => ChosenPairings ?? [.. Pairing.All.Where(pairing => !pairing.IsReference)];

    /// <summary>Where the goal is to beat the reference, it takes part.</summary>
    public IReadOnlyList<Pairing> PairingsWithReference => ChosenPairings ?? Pairing.All;

    public IReadOnlyList<SiteKind>? Kinds { get; init; }

    public IReadOnlyList<(string Server, string Client)>? Sites { get; init; }

    public string? Only { get; init; }

    public int Runs { get; init; } = 1;

    public int Parallel { get; init; } = 2;

    public int Seconds { get; init; } = 6;

    public int SettleMs { get; init; } = 6000;

    public Side? Dht { get; init; }

    public Side RelayBy { get; init; } = Side.Ours;

    public string? Peer { get; init; }

    public string? Json { get; init; }

    public string? Record { get; init; }

    public bool Steps { get; init; }

    public bool Quiet { get; init; }

    public bool IsHelp { get; init; }

    public bool Wants(SiteKind server, SiteKind client) => Sites?.Contains((server.Name, client.Name)) ?? true;

    public bool WantsRow(string name) => Only is null || name.Contains(Only, StringComparison.OrdinalIgnoreCase);

    public static LabOptions Parse(IReadOnlyList<string> words)
    {
        var options = new LabOptions();
        List<string> cases = [];
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            if (!word.StartsWith('-'))
            {
                cases.AddRange(word == "all" ? Cases : Cases.Contains(word) ? [word] : throw new LabException($"no case is called '{word}'"));
                continue;
            }

            var cut = word.IndexOf('=', StringComparison.Ordinal);
            var name = (cut < 0 ? word : word[..cut]).TrimStart('-');
            string Value() => cut >= 0 ? word[(cut + 1)..] : index + 1 < words.Count ? words[++index] : throw new LabException($"--{name} needs a value");
            options = name switch
            {
                "pairs" => options with { ChosenPairings = [.. Value().Split(',').Select(Pairing.Parse)] },
                "kinds" => options with { Kinds = [.. Value().Split(',').Select(SiteKind.Parse)] },
                "sites" => options.WithSites(Value()),
                "only" => options with { Only = Value() },
                "runs" => options with { Runs = Number(Value()) },
                "parallel" => options with { Parallel = Number(Value()) },
                "seconds" => options with { Seconds = Number(Value()) },
                "settle" => options with { SettleMs = Number(Value()) },
                "dht" => options with { Dht = SideOf(Value()) },
                "relay-by" => options with { RelayBy = SideOf(Value()) },
                "peer" => options with { Peer = Value() },
                "json" => options with { Json = Value() },
                "record" => options with { Record = Value() },
                "steps" => options with { Steps = true },
                "quiet" => options with { Quiet = true },
                "help" or "h" => options with { IsHelp = true },
                _ => throw new LabException($"no option is called --{name}"),
            };
        }

        return cases.Count == 0 ? options : options with { Chosen = [.. Cases.Where(cases.Contains)] };
    }

    private LabOptions WithSites(string list)
    {
        var sites = list.Split(',').Select(pair => pair.Split(':')).Select(pair => pair.Length == 2 ? (pair[0], pair[1]) : throw new LabException("--sites wants server:client")).ToList();
        return this with { Sites = sites, Kinds = Kinds ?? [.. sites.SelectMany(pair => new[] { pair.Item1, pair.Item2 }).Distinct().Select(SiteKind.Parse)] };
    }

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new LabException($"'{text}' is no number above 0");

    private static Side SideOf(string text) => Enum.TryParse<Side>(text, ignoreCase: true, out var side) ? side : throw new LabException($"'{text}' is neither ours nor js");
}
