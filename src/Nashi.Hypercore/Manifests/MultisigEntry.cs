namespace Nashi.Hypercore.Manifests;

/// <summary>One of several signatures of a tree.</summary>
/// <param name="Signer">Whose it is: an index into the manifest's signers.</param>
/// <param name="Signature">64 bytes.</param>
/// <param name="Patch">How many blocks longer the tree is that it covers.</param>
internal readonly record struct MultisigEntry(ulong Signer, ReadOnlyMemory<byte> Signature, ulong Patch);
