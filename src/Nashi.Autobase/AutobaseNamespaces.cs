using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>The domain separators of a base. Spec: data.md §8.1, vector V15b.</summary>
internal static class AutobaseNamespaces
{
    private static readonly Bytes32[] All = Namespaces.DeriveMany("autobase", 4);
    private static readonly Bytes32[] Entropies = Namespaces.DeriveMany("autobase/entropy", 2);

    public static Bytes32 Signer => All[0];

    public static Bytes32 ViewBlockKey => All[1];

    public static Bytes32 HashKey => All[2];

    public static Bytes32 Encryption => All[3];

    public static Bytes32 GenesisEntropy => Entropies[0];

    public static Bytes32 Entropy => Entropies[1];
}
