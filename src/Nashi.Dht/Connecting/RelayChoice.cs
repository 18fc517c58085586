using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>Which relays to name.</summary>
internal static class RelayChoice
{
    /// <summary>The relays of a configuration, in an order of chance, so that many users of one list share its load.</summary>
    public static IReadOnlyList<PublicKey> Of(IReadOnlyList<PublicKey> configured, Func<IReadOnlyList<PublicKey>>? choose, IRandom random)
    {
        PublicKey[] relays = [.. Ask(configured, choose)];
        for (var i = relays.Length - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (relays[i], relays[other]) = (relays[other], relays[i]);
        }

        return relays;
    }

    /// <summary>What nobody else can guess.</summary>
    public static Bytes32 NewToken(IRandom random)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        random.Fill(bytes);
        return new Bytes32(bytes);
    }

    private static IReadOnlyList<PublicKey> Ask(IReadOnlyList<PublicKey> configured, Func<IReadOnlyList<PublicKey>>? choose)
    {
        try
        {
            return choose?.Invoke() ?? configured;
        }
        catch (Exception)
        {
            // The application could not say.
            return [];
        }
    }
}
