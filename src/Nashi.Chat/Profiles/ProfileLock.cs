using System.Globalization;

namespace Nashi.Chat.Profiles;

/// <summary>Keeps two programs from working with one profile at once. Let go by disposing, and by the system when the program dies.</summary>
public sealed class ProfileLock : IDisposable
{
    private readonly FileStream _file;

    private ProfileLock(FileStream file) => _file = file;

    /// <summary>Takes a profile's folder, which is made if need be.</summary>
    /// <exception cref="ProfileBusyException">Another program has it.</exception>
    public static ProfileLock Take(string folder)
    {
        PrivateFolder.Make(folder);
        var path = Path.Combine(folder, "in-use");
        try
        {
            var file = new FileStream(path, PrivateFolder.FileOptions(FileMode.OpenOrCreate));
            Sign(path);
            return new ProfileLock(file);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new ProfileBusyException($"Another nashi has this profile open{Holder(path)}: {folder}. Close it first, or use another profile with --storage.");
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _file.Dispose();

    // Who has it is written beside the lock: the lock itself cannot be read while it is held.
    private static void Sign(string path)
    {
        try
        {
            using var note = new FileStream(path + ".pid", PrivateFolder.FileOptions(FileMode.Create));
            note.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // Only a courtesy to whoever comes second.
        }
    }

    private static string Holder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path + ".pid"), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? $" (process {process})" : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
