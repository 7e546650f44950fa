; Inno Setup 6: the installer for Windows, from dist\groundglass. Run: iscc /DVersion=0.1.0 packaging\windows\groundglass.iss
#ifndef Version
  #error Give the version: iscc /DVersion=...
#endif

[Setup]
AppId={{6D1B3C0E-9C0C-4F7A-9C53-8B0B6C1E51A4}
AppName=Groundglass
AppVersion={#Version}
AppPublisher=Groundglass
DefaultDirName={autopf}\Groundglass
DefaultGroupName=Groundglass
DisableProgramGroupPage=yes
; For one person without an administrator, or for all with one: the person is asked.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\icons\groundglass.ico
UninstallDisplayIcon={app}\Groundglass.exe
OutputDir=..\..\dist
OutputBaseFilename=Groundglass-{#Version}-x64-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[Files]
Source: "..\..\dist\groundglass\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Groundglass"; Filename: "{app}\Groundglass.exe"
Name: "{autodesktop}\Groundglass"; Filename: "{app}\Groundglass.exe"; Tasks: desktopicon

[Registry]
; "Open with" for pictures and PDF, without taking them from the program that owns them.
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\shell\open\command"; ValueType: string; ValueData: """{app}\Groundglass.exe"" ""%1"""; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".heic"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Groundglass.exe\SupportedTypes"; ValueType: string; ValueName: ".pdf"; ValueData: ""

[Run]
Filename: "{app}\Groundglass.exe"; Description: "{cm:LaunchProgram,Groundglass}"; Flags: nowait postinstall skipifsilent
