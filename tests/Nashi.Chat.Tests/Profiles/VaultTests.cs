using System.Text;
using CompactWriter = Nashi.Encoding.CompactWriter;
using Nashi.Chat.Profiles;

namespace Nashi.Chat.Tests.Profiles;

/// <summary>What a vault keeps, and what it refuses.</summary>
public sealed class VaultTests
{
    private const string Marker = "MARKER-of-a-secret";
    private static readonly VaultCost Cheap = new(1, 8);
    private readonly SeededRandom _random = new(40);
    private readonly FakeDisk _disk = new();

    private static VaultKey Right => VaultKey.Passphrase("correct horse", Cheap);

    [Fact]
    public async Task Vault_OpenedAgain_HasWhatWasPut()
    {
        using (var vault = await CreateAsync())
        {
            await vault.PutAsync("room/1", "one"u8.ToArray());
            await vault.PutAsync(new Dictionary<string, byte[]?> { ["room/1"] = "uno"u8.ToArray(), ["room/2"] = "due"u8.ToArray(), ["first"] = null });
        }

        using var again = await OpenAsync(Right);
        Assert.Equal(["room/1", "room/2"], again.Names);
        Assert.True(again.TryGet("room/1", out var value));
        Assert.Equal("uno"u8.ToArray(), value);
        Assert.False(again.TryGet("first", out _));
    }

    [Fact]
    public async Task Vault_WrongPassphrase_IsTold()
    {
        (await CreateAsync()).Dispose();
        var error = await Assert.ThrowsAsync<WrongPassphraseException>(async () => await OpenAsync(VaultKey.Passphrase("correct house", Cheap)));
        Assert.Equal("ERR_WRONG_PASSPHRASE", error.Code);
        Assert.DoesNotContain("house", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vault_NotThere_IsTold()
    {
        _ = await Assert.ThrowsAsync<NoProfileException>(async () => await OpenAsync(Right));
        (await CreateAsync()).Dispose();
        _ = await Assert.ThrowsAsync<ProfileExistsException>(async () => await CreateAsync());
    }

    [Fact]
    public async Task Vault_PassphraseChanged_OldOneAndOldDataKeyOpenNothing()
    {
        using (var vault = await CreateAsync())
        {
            await vault.ChangeKeyAsync(VaultKey.Passphrase("battery staple", Cheap));
            await vault.PutAsync("later", "x"u8.ToArray());
        }

        _ = await Assert.ThrowsAsync<WrongPassphraseException>(async () => await OpenAsync(Right));
        using var again = await OpenAsync(VaultKey.Passphrase("battery staple", Cheap));
        Assert.Equal(["first", "later"], again.Names);
    }

    [Fact]
    public async Task Vault_InKeyRing_OpensWithoutPassphrase()
    {
        var ring = new FakeRing();
        (await Vault.CreateAsync(_disk, VaultKey.KeyRing(ring), First(), _random, default)).Dispose();
        (await OpenAsync(VaultKey.KeyRing(ring))).Dispose();
        _ = await Assert.ThrowsAsync<WrongPassphraseException>(async () => await OpenAsync(VaultKey.KeyRing(new FakeRing())));
        _ = await Assert.ThrowsAsync<WrongPassphraseException>(async () => await OpenAsync(Right));
    }

    [Fact]
    public async Task Vault_OnDisk_ShowsNoSecret()
    {
        using (var vault = await CreateAsync()) await vault.PutAsync(Marker, System.Text.Encoding.UTF8.GetBytes(Marker));
        foreach (var file in _disk.Files.Values) Assert.DoesNotContain("MARKER", System.Text.Encoding.Latin1.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vault_CutAnywhere_IsDamagedAndNothingElse()
    {
        (await CreateAsync()).Dispose();
        var whole = _disk.Files["vault"];
        for (var length = 0; length < whole.Length; length++)
        {
            _disk.Files["vault"] = whole[..length];
            _ = await Assert.ThrowsAsync<VaultDamagedException>(async () => await OpenAsync(Right));
        }
    }

    [Fact]
    public async Task Vault_AnyByteChanged_IsDamagedAndNothingElse()
    {
        (await CreateAsync()).Dispose();
        var whole = _disk.Files["vault"];
        for (var at = 0; at < whole.Length; at++)
        {
            _disk.Files["vault"] = (byte[])whole.Clone();
            _disk.Files["vault"][at] ^= 0x40;
            _ = await Assert.ThrowsAsync<VaultDamagedException>(async () => await OpenAsync(Right));
        }
    }

    [Fact]
    public async Task Vault_PowerCutAtEveryByteOfAChange_IsTheOldOneOrTheNewOne()
    {
        (await CreateAsync()).Dispose();
        var before = _disk.Clone();
        var (olds, news) = (0, 0);
        // The draft's bytes, then the rename; opening has spent one on removing a draft.
        for (var budget = 0; news == 0; budget++)
        {
            var disk = before.Clone();
            using (var vault = await Vault.OpenAsync(disk, Right, _random, default))
            {
                disk.Budget = budget;
                await IgnoreCutAsync(() => vault.PutAsync("room", "new"u8.ToArray()));
                Assert.Equal(disk.Budget >= 0, vault.TryGet("room", out _));
            }

            disk.Budget = int.MaxValue;
            using var again = await Vault.OpenAsync(disk, Right, _random, default);
            Assert.True(again.TryGet("first", out _));
            if (again.TryGet("room", out _)) news++;
            else olds++;
            Assert.Equal(["vault"], disk.Files.Keys);
        }

        Assert.Equal(before.Files["vault"].Length + 1, olds);
    }

    [Fact]
    public async Task Vault_PowerCutAtEveryByteOfAPassphraseChange_OneOfTheTwoOpens()
    {
        (await CreateAsync()).Dispose();
        var before = _disk.Clone();
        var next = VaultKey.Passphrase("battery staple", Cheap);
        for (var budget = 0; ; budget += 7)
        {
            var disk = before.Clone();
            using (var vault = await Vault.OpenAsync(disk, Right, _random, default))
            {
                disk.Budget = budget;
                await IgnoreCutAsync(() => vault.ChangeKeyAsync(next));
            }

            var isDone = disk.Budget >= 0;
            disk.Budget = int.MaxValue;
            (await Vault.OpenAsync(disk, isDone ? next : Right, _random, default)).Dispose();
            if (isDone) return;
        }
    }

    [Fact]
    public async Task Vault_FileThatAsksForTooMuchMemory_IsRefusedWithoutTaking()
    {
        (await CreateAsync()).Dispose();
        var parameters = new byte[Cryptography.Argon2id.SaltSize + 10];
        var writer = new CompactWriter(parameters.AsSpan(Cryptography.Argon2id.SaltSize));
        writer.WriteUInt(3);
        writer.WriteUInt(1 << 30);
        var key = new byte[32];
        var way = VaultFile.Wrap(VaultLockKind.Passphrase, parameters, key, key, _random);
        _disk.Files["vault"] = VaultFile.Seal([way], key, new byte[8], _random).Encode();
        _ = await Assert.ThrowsAsync<WrongPassphraseException>(async () => await OpenAsync(Right));
    }

    private static async Task IgnoreCutAsync(Func<ValueTask> change)
    {
        try
        {
            await change();
        }
        catch (FakeDisk.PowerCutException)
        {
            // That is what is tested.
        }
    }

    private static Dictionary<string, byte[]> First() => new(StringComparer.Ordinal) { ["first"] = "1"u8.ToArray() };

    private ValueTask<Vault> CreateAsync() => Vault.CreateAsync(_disk, Right, First(), _random, default);

    private ValueTask<Vault> OpenAsync(VaultKey key) => Vault.OpenAsync(_disk, key, _random, default);

    private sealed class FakeRing : IKeyRing
    {
        private readonly Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);

        public ValueTask<byte[]?> GetAsync(string id, CancellationToken cancellationToken = default) => new(_kept.TryGetValue(id, out var key) ? (byte[])key.Clone() : null);

        public ValueTask<bool> PutAsync(string id, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
        {
            _kept[id] = secret.ToArray();
            return new ValueTask<bool>(true);
        }
    }
}
