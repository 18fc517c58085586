using Nashi.Chat.Profiles;
using Nashi.Pairing;

namespace Nashi.Chat.Tests.Profiles;

/// <summary>A profile on a real disk.</summary>
public sealed class ProfileTests : IDisposable
{
    private static readonly VaultKey Key = VaultKey.Passphrase("correct horse", new VaultCost(1, 8));
    private readonly SeededRandom _random = new(41);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "nashi-profile-" + Guid.NewGuid().ToString("n"));

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Profile_OpenedAgain_IsTheSamePersonAndDevice()
    {
        using var made = await Profile.CreateAsync(_folder, Mnemonic.Generate(_random), "Ada", Key, _random);
        await made.RenameAsync("Ada L.");
        using var again = await Profile.OpenAsync(_folder, Key, _random);
        Assert.Equal(made.Identity.PublicKey, again.Identity.PublicKey);
        Assert.Equal(made.Device.PublicKey, again.Device.PublicKey);
        Assert.Equal(made.GetStorageKey(), again.GetStorageKey());
        Assert.Equal("Ada L.", again.Name);
        Assert.True(again.ToChatKeys().Proof.TryVerify(new ProofRequirements { Identity = again.Identity.PublicKey, Device = again.Device.PublicKey }, out _));
    }

    [Fact]
    public async Task Profile_FromThePhraseElsewhere_IsTheSamePersonOnAnotherDevice()
    {
        var phrase = Mnemonic.Generate(_random);
        using var one = await Profile.CreateAsync(Path.Combine(_folder, "1"), phrase, "Ada", Key, _random);
        using var two = await Profile.CreateAsync(Path.Combine(_folder, "2"), phrase, "Ada", Key, _random);
        Assert.Equal(one.Identity.PublicKey, two.Identity.PublicKey);
        Assert.NotEqual(one.Device.PublicKey, two.Device.PublicKey);
        Assert.NotEqual(one.GetStorageKey(), two.GetStorageKey());
    }

    [Fact]
    public async Task Profile_OnDisk_IsClosedToOthers()
    {
        if (OperatingSystem.IsWindows()) return;
        using var taken = ProfileLock.Take(_folder);
        using var made = await Profile.CreateAsync(_folder, Mnemonic.Generate(_random), "Ada", Key, _random);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        foreach (var file in Directory.GetFiles(_folder)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void ProfileLock_TakenTwice_SaysByWhom()
    {
        using (ProfileLock.Take(_folder))
        {
            var error = Assert.Throws<ProfileBusyException>(() => ProfileLock.Take(_folder));
            Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        }

        ProfileLock.Take(_folder).Dispose();
    }
}
