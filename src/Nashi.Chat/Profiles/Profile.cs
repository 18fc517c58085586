using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.Profiles;

/// <summary>A person on this device: who they are, what this device signs with, and the secrets of their rooms, in a <see cref="Vault"/>.</summary>
/// <remarks>The phrase itself is not kept: it is shown when the profile is made, and the identity can be made from it again anywhere.</remarks>
public sealed class Profile : IDisposable
{
    private const string IdentityName = "identity/seed";
    private const string DeviceName = "device/seed";
    private const string StorageName = "storage/key";
    private const string ProofName = "device/proof";
    private const string NameName = "profile/name";
    private const int KeySize = 32;

    private readonly Vault _vault;

    private Profile(Vault vault)
    {
        _vault = vault;
        var identity = Require(vault, IdentityName);
        var device = Require(vault, DeviceName);
        Proof = IdentityProof.TryDecode(Require(vault, ProofName), out var proof) ? proof : throw Lacks(ProofName);
        Identity = IdentityKey.FromSeed(identity);
        Device = KeyPair.FromSeed(device);
        CryptographicOperations.ZeroMemory(identity);
        CryptographicOperations.ZeroMemory(device);
    }

    /// <summary>Who it is, on every device.</summary>
    public IdentityKey Identity { get; }

    /// <summary>What this device signs with; it never leaves it.</summary>
    public KeyPair Device { get; }

    /// <summary>Says that the device speaks for the identity.</summary>
    public IdentityProof Proof { get; }

    /// <summary>The name the person goes by.</summary>
    public string Name => _vault.TryGet(NameName, out var name) ? System.Text.Encoding.UTF8.GetString(name) : "";

    /// <summary>Where the engine keeps the secrets of rooms.</summary>
    public ISecretStore Secrets => _vault;

    /// <summary>Makes a profile from a phrase: a new one, or one that is known from another device.</summary>
    /// <param name="folder">Where to keep it; made with mode 0700.</param>
    /// <param name="phrase">The words, from <see cref="Mnemonic.Generate"/> or written down before.</param>
    /// <param name="name">The name the person goes by.</param>
    /// <param name="key">What opens it from now on.</param>
    /// <param name="random">Where the device's keys come from.</param>
    /// <param name="time">When the identity vouches for the device; null for the system's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The words are no phrase.</exception>
    /// <exception cref="ProfileExistsException">There is one already.</exception>
    public static async ValueTask<Profile> CreateAsync(string folder, string phrase, string name, VaultKey key, IRandom random, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(random);
        var (seed, device) = (Mnemonic.ToSeed(phrase), MakeKey(random));
        var secrets = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [IdentityName] = seed,
            [DeviceName] = device,
            [ProofName] = Vouch(seed, device, time ?? TimeProvider.System),
            [StorageName] = MakeKey(random),
            [NameName] = System.Text.Encoding.UTF8.GetBytes(name),
        };
        try
        {
            return new Profile(await Vault.CreateAsync(folder, key, secrets, random, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            foreach (var secret in secrets.Values) CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Opens a profile.</summary>
    /// <exception cref="NoProfileException">There is none.</exception>
    /// <exception cref="VaultDamagedException">It cannot be read.</exception>
    /// <exception cref="WrongPassphraseException">The key does not open it.</exception>
    public static async ValueTask<Profile> OpenAsync(string folder, VaultKey key, IRandom random, CancellationToken cancellationToken = default)
    {
        var vault = await Vault.OpenAsync(folder, key, random, cancellationToken).ConfigureAwait(false);
        try
        {
            return new Profile(vault);
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    /// <summary>What conversations are opened with; the device's pair stays this profile's, and lives as long as it.</summary>
    public ChatKeys ToChatKeys()
    {
        var storage = GetStorageKey();
        var keys = new ChatKeys { Proof = Proof, Device = Device, StorageKey = new Bytes32(storage) };
        CryptographicOperations.ZeroMemory(storage);
        return keys;
    }

    /// <summary>A copy of the key that what lies on this device's disk is encrypted with; the caller wipes it.</summary>
    public byte[] GetStorageKey() => Require(_vault, StorageName);

    /// <summary>Takes another name.</summary>
    public ValueTask RenameAsync(string name, CancellationToken cancellationToken = default) =>
        _vault.PutAsync(NameName, System.Text.Encoding.UTF8.GetBytes(name), cancellationToken);

    /// <summary>Replaces what opens the profile.</summary>
    public ValueTask ChangeKeyAsync(VaultKey key, CancellationToken cancellationToken = default) => _vault.ChangeKeyAsync(key, cancellationToken);

    /// <summary>Wipes its keys from memory.</summary>
    public void Dispose()
    {
        Identity.Dispose();
        Device.Dispose();
        _vault.Dispose();
    }

    private static byte[] MakeKey(IRandom random)
    {
        var key = new byte[KeySize];
        random.Fill(key);
        return key;
    }

    private static byte[] Vouch(byte[] seed, byte[] device, TimeProvider time)
    {
        using var identity = IdentityKey.FromSeed(seed);
        using var pair = KeyPair.FromSeed(device);
        return identity.Bootstrap(pair.PublicKey, time).Encode();
    }

    private static byte[] Require(Vault vault, string name) => vault.TryGet(name, out var value) ? value : throw Lacks(name);

    private static VaultDamagedException Lacks(string name) => new($"The profile lacks {name}. Restore it from its phrase with: nashi chat restore");
}
