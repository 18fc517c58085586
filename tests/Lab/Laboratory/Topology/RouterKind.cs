using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Topology;

/// <summary>One router: how it treats UDP, whether it loops what is sent to its own outside back in, whether those inside may talk to each other.</summary>
internal sealed record RouterKind(Behaviour Behaviour, bool Hairpins = false, bool Isolates = false)
{
    private static readonly Dictionary<string, Behaviour> Names = new(StringComparer.Ordinal)
    {
        ["open"] = Behaviour.Open,
        ["fw"] = Behaviour.Firewall,
        ["fullcone"] = Behaviour.FullCone,
        ["addr"] = Behaviour.AddressRestricted,
        ["port"] = Behaviour.PortRestricted,
        ["linux"] = Behaviour.Linux,
        ["sym"] = Behaviour.Symmetric,
        ["noudp"] = Behaviour.NoUdp,
    };

    public static IEnumerable<string> AllNames => Names.Keys;

    public bool Translates => Behaviour is not (Behaviour.Open or Behaviour.Firewall);

    public bool IsRandom => Behaviour == Behaviour.Symmetric;

    public static RouterKind Parse(string text)
    {
        var words = text.Split('+');
        if (!Names.TryGetValue(words[0], out var behaviour)) throw new LabException($"no router is called '{words[0]}' (there are {string.Join(", ", Names.Keys)})");
        var kind = new RouterKind(behaviour);
        foreach (var word in words.Skip(1))
        {
            kind = word switch
            {
                "hairpin" => kind with { Hairpins = true },
                "isolate" => kind with { Isolates = true },
                _ => throw new LabException($"a router can be +hairpin and +isolate, not +{word}"),
            };
        }

        return kind;
    }
}
